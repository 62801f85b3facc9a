"""A deploy with real git and OpenTofu; what it applies is a file, and takes a moment."""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.deploy.preflight import processes_below
from promoter.git import Git
from promoter.site.site import Site
from promoter.toolchain import Toolchain
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere

ROOT = Path(__file__).parents[2]
NAME = "local-qa"
LEASE = f"refs/promoter/lease/{NAME}"

CEPLER = f"deployment: app\nenvironments:\n  {NAME}:\n    latest: ['**/*']\n"
APP = """\
import json, os, pathlib
value = pathlib.Path("shared/value").read_text()
command = f"sleep 0.1; printf %s {value} > {RUNS}"
stack = {
    "terraform": {"backend": {"local": {}}},
    "resource": {"terraform_data": {"app": {
        "triggers_replace": value,
        "provisioner": [{"local-exec": {"command": command}}],
    }}},
}
folder = pathlib.Path(os.environ["CDKTF_OUTDIR"]) / "stacks" / NAME
folder.mkdir(parents=True)
(folder / "cdk.tf.json").write_text(json.dumps(stack))
"""


@dataclass(frozen=True)
class Bank:
    """A deployments repository with one environment, its remote and a clone of it."""

    folder: Path

    @property
    def clone(self) -> Git:
        return Git(self.folder / "clone")

    @property
    def runs(self) -> str:
        """The value that was applied last."""
        file = self.folder / "runs"
        return file.read_text() if file.exists() else ""

    @property
    def deploy(self) -> Command:
        arguments = ("--remote", "origin", "--kubeconfig", str(self.folder / "kubeconfig"))
        return Command(self.clone.dir, ("deploy", NAME, *arguments), self.folder)

    def build(self) -> None:
        git, bare = self.clone, self.folder / "origin.git"
        Git(self.folder).text("init", "-q", "--bare", "--initial-branch=main", str(bare))
        Git(self.folder).text("clone", "-q", str(bare), "clone")
        (self.folder / "kubeconfig").write_text("")
        constants = f"RUNS, NAME = {str(self.folder / 'runs')!r}, {NAME!r}\n"
        files = {
            "cepler/app.yml": CEPLER,
            "cdktf.json": json.dumps({"app": f"{sys.executable} app.py"}),
            "app.py": constants + APP,
            "shared/value": "first",
            "stacks/requirements.lock": (ROOT / "stacks/requirements.lock").read_text(),
            ".gitignore": ".local\n",
        }
        for path, content in files.items():
            (git.dir / path).parent.mkdir(parents=True, exist_ok=True)
            (git.dir / path).write_text(content)
        shutil.copytree(ROOT / "dev/toolchain", git.dir / "dev/toolchain")
        git.text("add", "--all")
        self.push("feat: the first")
        gates = git.commit_files(None, {"app.yml": f"{NAME}: HEAD\n".encode()}, "chore: gates")
        git.push("origin", gates, "refs/heads/cepler-gates", expect=None)

    def push(self, message: str) -> None:
        self.clone.text("commit", "-q", "-a", "-m", message)
        self.clone.text("push", "-q", "origin", "HEAD:main")

    def change(self, value: str) -> None:
        """Push another value to deploy."""
        self.clone.text("pull", "-q", "--rebase", "origin", "main")
        (self.clone.dir / "shared/value").write_text(value)
        self.push(f"feat: {value}")

    def site(self) -> Site:
        return Site.of(self.clone.dir, NAME, remote="origin")

    def recorded(self, site: Site) -> str:
        """Return the recorded value, "" before the first deploy."""
        recorded = site.deployments["app"].recorded(NAME)
        if recorded is None:
            return ""
        return (site.git.file(recorded.current.head_commit, "shared/value") or b"").decode()

    def require_whole(self, run: Run, interrupt: Interrupt) -> None:
        """All can be read, nothing is half recorded, and no lease outlives its holder."""
        local, killed = self.clone.dir / ".local", self.folder / "killed"
        if run.code == 0:
            killed.unlink(missing_ok=True)
        if interrupt.kills:
            killed.touch()
            while list(processes_below(local / "work" / NAME)):
                time.sleep(0.02)
        elif not killed.exists():  # A run that ends early leaves what a killed one has left.
            assert self.clone.remote_ref("origin", LEASE) is None
            assert not (local / "work" / NAME).exists()
        assert self.clone.changed() == []
        state = local / "state" / f"{NAME}.tfstate"
        assert json.loads(state.read_text())["version"] == 4
        site = self.site()
        decision = site.decide(NAME)
        assert self.recorded(site) == self.runs or decision.begun is not None
        if run.code == 0:
            assert self.recorded(site) == self.runs


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A repository whose first value is deployed."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for name, value in {"user.name": "Ann", "user.email": "ann@bank.example"}.items():
        Git(tmp_path).text("config", "--file", "gitconfig", name, value)
    toolchain = Toolchain(ROOT, progress=Silent())
    for program in ("tofu", "helm", "kubectl", "node"):
        toolchain.program(program)
    bank = Bank(tmp_path)
    bank.build()
    first = bank.deploy.run()
    assert first.code == 0, first.output
    assert bank.runs == "first"
    return bank


@pytest.mark.slow
def test_a_deploy_interrupted_anywhere_is_completed_by_a_later_one(bank: Bank) -> None:
    def change(number: int) -> None:
        bank.change(str(number))

    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.code
        (bank.folder / "killed").unlink(missing_ok=True)
        assert bank.runs == bank.recorded(bank.site()) == str(number)

    interrupt_everywhere(bank.deploy, change, bank.require_whole, require_done)
