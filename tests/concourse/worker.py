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
from pathlib import Path

from promoter.concourse.checks.variables import VARIABLE
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


@dataclass
class Worker:
    """A worker: ``values`` of the ((variables)), and ``programs`` that come first on PATH."""

    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    programs: list[Path] = field(default_factory=list)
    count: int = 0
    # What a task reaches over the network: remotes, and files that fakes write.
    outside: list[Path] = field(default_factory=list)

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
        variables = {
            name: VARIABLE.sub(lambda found: self.values.get(found[1], ""), value)
            for name, value in task.config.params.items()
        }
        # A name without a folder is a program of the image.
        program = task.config.run.path
        command = [str(folder / program) if "/" in program else program, *task.config.run.args]
        return folder, self.isolated(command, folder, variables, declared)

    def isolated(
        self,
        command: list[str],
        folder: Path,
        variables: Mapping[str, str],
        writable: Iterable[Path],
    ) -> subprocess.CompletedProcess[str]:
        """Run ``command`` in ``folder``; it may write to ``writable``, its home, `outside`."""
        own = Path(tempfile.mkdtemp(prefix="own-", dir=self.folder))
        for name in ("home", "tmp"):
            (own / name).mkdir()
        (self.folder / "calls").touch()
        given = {"PATH": isolation.path(self.programs), "HOME": str(own / "home")}
        given["TMPDIR"] = str(own / "tmp")
        may = [*writable, own, self.folder / "calls", *self.outside]
        return isolation.run(command, folder, {**given, **variables}, may)

    def succeed(self, pipeline: str, job: str, name: str, inputs: Mapping[str, Path]) -> Path:
        """Run a task that must succeed; return its working folder."""
        where, task = task_of(pipeline, job, name)
        folder, done = self.run(where, task, inputs)
        assert done.returncode == 0, done.stdout + done.stderr
        return folder
