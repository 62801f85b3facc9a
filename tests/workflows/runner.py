"""A runner: one job of a workflow in `act`, with the event that started it.

act (https://github.com/nektos/act) evaluates the workflow and runs its steps. Third-party actions
are local ones with the documented inputs (`actions`); GitHub is tests/forge, with a token that has
the job's permissions; a checkout comes from a bare repository. A job gets the settings that its
environment has on GitHub, and from this machine only what finds programs and package registries.
A job with ``container:`` runs in our task image, in a Docker engine that pulls it by its digest.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from promoter.concourse.settings import workflow_settings
from promoter.git import Git
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import default_cache
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import document
from tests.forge.github_rules import of_workflow
from tests.forge.github_server import Server

from .actions import write_actions
from .nix import machine, write_nix
from .pull_request import PullRequestEvent, PushEvent

_REGISTRY = "us.gcr.io/galoyorg"
TOKEN = "of-the-job"


@dataclass(frozen=True)
class Job:
    """A job of a workflow of ``repository``, a folder below the root and its name on GitHub."""

    repository: str
    folder: str
    workflow: str
    name: str

    @property
    def file(self) -> Path:
        return ROOT / self.folder / ".github" / "workflows" / f"{self.workflow}.yml"

    @property
    def declared(self) -> dict[str, Any]:
        found: dict[str, Any] = document(self.file)["jobs"][self.name]
        return found

    def __str__(self) -> str:
        return f"{self.repository}/{self.workflow}/{self.name}"


@dataclass(frozen=True)
class Outcome:
    """The outcome of each step by its name, in order, and everything that was printed.

    ``printed`` has what the commands of a step printed; act echoes the commands in ``log`` alone.
    """

    exit_code: int
    steps: Mapping[str, str]
    log: str
    printed: Mapping[str, str]

    @property
    def failed(self) -> list[str]:
        return [name for name, outcome in self.steps.items() if outcome == "failure"]


@dataclass(frozen=True)
class Containers:
    """A Docker engine, and the registry that has our task image."""

    engine: str
    registry: str
    digest: str


@dataclass
class Runner:
    """Runs jobs below ``folder``; ``remotes`` in it has the bare repositories."""

    folder: Path
    server: Server
    api: str
    values: dict[str, str] = field(default_factory=dict)
    containers: Containers | None = None

    def run(
        self, job: Job, event: PullRequestEvent | PushEvent, text: str | None = None
    ) -> Outcome:
        """Run ``job``, or the workflow ``text`` in its place, for ``event``."""
        workflow = self._workflow(job, text)
        self.server.tokens[TOKEN] = of_workflow(job.declared["permissions"])
        file = self.folder / "event.json"
        file.write_text(json.dumps(event.payload))
        command = [str(Toolchain(ROOT).program("act")), event.name, "--json"]
        command += ["--workflows", str(workflow), "--job", job.name, "--eventpath", str(file)]
        command += ["--platform", "ubuntu-24.04=-self-hosted", "--no-skip-checkout"]
        command += ["--no-cache-server", "--concurrent-jobs", "1", "--container-daemon-socket", "-"]
        command += ["--action-cache-path", str(self.folder / "act")]
        for name, place in write_actions(self.folder / "actions", workflow, job.file).items():
            command += ["--local-repository", f"{name}={place}"]
        for option, settings in self._settings(job).items():
            for name, value in settings.items():
                command += [option, f"{name}={value}"]
        done = subprocess.run(
            command,
            cwd=self._repository(),
            env=self._machine(job),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=900,
        )
        return _outcome(done)

    def _workflow(self, job: Job, text: str | None) -> Path:
        """Write the workflow; a container's image comes from our registry, with this folder."""
        read = document(job.file) if text is None else yaml.safe_load(text)
        given = {("on" if key is True else key): value for key, value in read.items()}
        for each in given["jobs"].values():
            if container := each.get("container"):
                assert self.containers
                container["image"] = container["image"].replace(_REGISTRY, self.containers.registry)
                container["volumes"] = [f"{self.folder}:{self.folder}"]
        target = self.folder / "workflow" / job.file.name
        target.parent.mkdir(exist_ok=True)
        target.write_text(yaml.safe_dump(given, sort_keys=False))
        return target

    def _settings(self, job: Job) -> dict[str, dict[str, str]]:
        """Return the options of act for what GitHub gives to this job, and to no other."""
        given: dict[str, dict[str, str]] = {"--secret": {"GITHUB_TOKEN": TOKEN}, "--var": {}}
        used = workflow_settings({job.workflow: job.file.read_text()})
        environment = str(job.declared.get("environment", ""))
        for setting, users in used.items():
            kind, _, name = setting.partition(".")
            if environment in users:
                option = "--secret" if kind == "secrets" else "--var"
                given[option][name] = self.values.get(name, f"value-of-{name}")
        given["--env"] = {
            "GITHUB_API_URL": self.api,
            "GITHUB_REPOSITORY": f"GaloyMoney/{job.repository}",
            "PLACE": str(self.folder),
        }
        if "container" in job.declared:
            given["--env"]["GIT_CONFIG_GLOBAL"] = str(self.folder / "home" / ".gitconfig")
        if job.declared["permissions"].get("id-token") == "write":
            given["--env"]["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "of-the-job"
        return given

    def _machine(self, job: Job) -> dict[str, str]:
        home = self.folder / "home"
        if not home.exists():
            home.mkdir()
            # The charts repository, which a deploy key opens.
            config = f'[url "{self.folder}/remotes/"]\n\tinsteadOf = git@github.com:GaloyMoney/\n'
            (home / ".gitconfig").write_text(config)
        kept = machine()
        own = str(ROOT / ".venv" / "bin")
        path = [each for each in kept["PATH"].split(os.pathsep) if each != own]
        if self.containers:
            kept["DOCKER_HOST"] = self.containers.engine
        kept["PATH"] = os.pathsep.join([str(self._fakes()), *path])
        return {
            **kept,
            "HOME": str(home),
            "XDG_CACHE_HOME": str(default_cache().parent),
            "TYPOS": str(ROOT / ".venv" / "bin" / "typos"),
            "COG": self.values.get("COG", ""),
        }

    def _fakes(self) -> Path:
        """Return the folder with sudo; that of nix is on PATH once an action puts it there."""
        fakes, place = Path(__file__).parent / "fakes", self.folder / "programs"
        if not place.exists():
            place.mkdir()
            shutil.copy2(fakes / "sudo", place / "sudo")
            write_nix(self.folder / "nix")
        return place

    def _repository(self) -> Path:
        """Return an empty repository: act wants one, and a job has only what it checks out."""
        place = self.folder / "empty"
        if not place.exists():
            place.mkdir()
            Git(place).text("init", "--quiet", "--initial-branch=main")
            made = Git(place).commit_files(None, {"README.md": b""}, "feat: nothing")
            Git(place).text("update-ref", "refs/heads/main", made)
        return place


def _outcome(done: subprocess.CompletedProcess[str]) -> Outcome:
    steps: dict[str, str] = {}
    log, printed = [done.stderr], dict[str, str]()
    for line in done.stdout.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            log.append(line)
            continue
        message, name = str(entry.get("msg", "")), entry.get("step", "")
        log.append(message.rstrip("\n"))
        if entry.get("raw_output") or "command" in entry:  # such as ::error::
            printed[name] = printed.get(name, "") + message
        if entry.get("stage") == "Main" and "stepResult" in entry and len(entry["stepID"]) == 1:
            steps[name] = entry["stepResult"]
    return Outcome(done.returncode, steps, "\n".join(log), printed)
