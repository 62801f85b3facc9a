"""Run a task of a rendered pipeline as a Concourse worker does.

A new working folder has a folder for each input and an empty one for each output; the command
gets the declared variables and no others, the wheel of promoter, and of its repository only
what `get: pipeline-tasks` fetches.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from promoter.concourse.checks.variables import VARIABLE, read_variables
from promoter.concourse.pipelines import PIPELINES, PipelineFiles
from promoter.concourse.schema import Task, read_pipeline
from tests.concourse import isolation
from tests.concourse.test_pipelines import ROOT

BIN = Path(sys.executable).parent
# A fake of a program that cannot run here: it records its arguments.
_FAKE = """\
#!/bin/sh
{ printf '%s' "${0##*/}"; printf ' %s' "$@"; printf '\\n'; } >>"$CALLS"
"""


def pipeline_files(name: str) -> PipelineFiles:
    return next(each for each in PIPELINES if each.name == name)


def task_of(pipeline: str, job: str, name: str) -> tuple[PipelineFiles, Task]:
    where = pipeline_files(pipeline)
    read = read_pipeline(where.rendered(ROOT))
    (found,) = (each for each in read.jobs if each.name == job)
    steps = [step for step in read.steps(found) if isinstance(step, Task) and step.task == name]
    assert len(steps) == 1, f"{job} has no task {name}"
    return where, steps[0]


def exported(where: PipelineFiles, target: Path) -> None:
    """Copy the repository of ``where``, like `get: pipeline-tasks`."""
    source = ROOT / where.repository
    if where.repository == ".":
        shutil.copytree(source / "ci", target / "ci")
    else:
        shutil.copytree(source, target, symlinks=True)


class UndefinedVariable(Exception):
    """A ((variable)) that the credential manager does not have: the build errors."""


@dataclass
class Worker:
    """A worker: ``values`` of the ((variables)), and ``programs`` that come first on PATH."""

    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    programs: list[Path] = field(default_factory=list)
    count: int = 0
    # What a task reaches over the network: remotes, and files that fakes write.
    outside: list[Path] = field(default_factory=list)
    # How it gets there in place of GitHub and the registries: variables, and a git configuration.
    network: dict[str, str] = field(default_factory=dict)
    git_config: Path | None = None
    # What the caches of its tasks have from earlier builds.
    cached: Path | None = None

    @property
    def calls(self) -> list[str]:
        """The recorded calls of the fakes, in order."""
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.is_file() else []

    def fake(self, name: str, more: str = "") -> None:
        """Put a fake ``name`` on PATH, which also runs the shell code ``more``."""
        programs = self.folder / "fakes"
        programs.mkdir(exist_ok=True)
        file = programs / name
        file.write_text(_FAKE.replace("$CALLS", str(self.folder / "calls")) + more)
        file.chmod(0o755)
        if programs not in self.programs:
            self.programs.insert(0, programs)

    def signing(self, cosign: Path) -> Path:
        """Give tasks ``cosign`` and a key to sign with; return its public half."""
        folder = self.folder / "cosign-keys"
        folder.mkdir()
        password = {"COSIGN_PASSWORD": "the words of the key"}
        subprocess.run([cosign, "generate-key-pair"], cwd=folder, env=password, check=True)
        self.programs.append(cosign.parent)
        self.values["cosign.private_key"] = (folder / "cosign.key").read_text()
        self.values["cosign.password"] = password["COSIGN_PASSWORD"]
        return folder / "cosign.pub"

    def value(self, variable: str, where: PipelineFiles) -> str:
        """Return the value of a ((variable)): a placeholder for a described one of no interest.

        Any other is an error, as it is to Concourse.
        """
        described = read_variables(where.path(ROOT) / "variables.yml")
        if variable not in self.values and not any(fnmatchcase(variable, d) for d in described):
            raise UndefinedVariable(f"undefined vars: {variable}")
        return self.values.get(variable, f"value of {variable}")

    def run(
        self, where: PipelineFiles, task: Task, inputs: Mapping[str, Path]
    ) -> tuple[Path, subprocess.CompletedProcess[str]]:
        """Return the working folder after the task, and its outcome."""
        self.count += 1
        folder = self.folder / f"work-{self.count}"
        folder.mkdir()
        declared = [folder / (a.path or a.name) for a in task.config.inputs]
        for artifact, target in zip(task.config.inputs, declared, strict=True):
            if artifact.name == "pipeline-tasks" and artifact.name not in inputs:
                exported(where, target)
            else:
                shutil.copytree(inputs[artifact.name], target, symlinks=True)
        for artifact in task.config.outputs:
            declared.append(folder / (artifact.path or artifact.name))
            declared[-1].mkdir(exist_ok=True)
        declared += [self._cache(folder / each["path"]) for each in task.config.caches]
        variables = {
            name: VARIABLE.sub(lambda found: self.value(found[1], where), value)
            for name, value in task.config.params.items()
        }
        # A name without a folder is a program of the image.
        program = task.config.run.path
        command = [str(folder / program) if "/" in program else program, *task.config.run.args]
        privileged = task.privileged
        return folder, self.isolated(command, folder, variables, declared, privileged=privileged)

    def _cache(self, place: Path) -> Path:
        """Create a task's cache at ``place``; return the folder that has its content."""
        if not self.cached:
            place.mkdir()
            return place
        place.symlink_to(self.cached)
        return self.cached

    def isolated(
        self,
        command: list[str],
        folder: Path,
        variables: Mapping[str, str],
        writable: Iterable[Path],
        *,
        privileged: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` in ``folder``; it may write to ``writable``, its home, `outside`."""
        own = Path(tempfile.mkdtemp(prefix="own-", dir=self.folder))
        own.chmod(0o755)  # The task may start a program as another user, as in a container.
        for name in ("home", "tmp"):
            (own / name).mkdir()
        (self.folder / "calls").touch()
        if self.git_config:
            shutil.copy(self.git_config, own / "home" / ".gitconfig")
        given = {"PATH": isolation.path(self.programs), "HOME": str(own / "home"), **self.network}
        given["TMPDIR"] = str(own / "tmp")
        may = [*writable, own, self.folder / "calls", *self.outside]
        settings = {**given, **variables}
        return isolation.run(command, folder, settings, may, privileged=privileged)

    def succeed(self, pipeline: str, job: str, name: str, inputs: Mapping[str, Path]) -> Path:
        """Run a task that must succeed; return its working folder."""
        where, task = task_of(pipeline, job, name)
        folder, done = self.run(where, task, inputs)
        assert done.returncode == 0, done.stdout + done.stderr
        return folder
