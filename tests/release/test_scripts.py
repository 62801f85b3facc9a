"""The pipeline's executables, each as a task: input folders and variables in, folders out."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from promoter.forge.forge import PullRequestState, Query
from promoter.vendoring.pins import read_pins

from .conftest import ROOT
from .sandbox import Sandbox

SCRIPTS = ROOT / "scripts"


def task(sandbox: Sandbox, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script where its inputs are: `repo` and `charts-repo` beside each other."""
    folder = sandbox.application.git.dir.parent
    for link, target in (("repo", "lana-bank"), ("charts-repo", "charts")):
        if not (folder / link).exists():
            (folder / link).symlink_to(folder / target)
    return subprocess.run(
        [SCRIPTS / name],
        cwd=folder,
        env={**environment_of(sandbox), **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


def promoter_in(sandbox: Sandbox, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the documentation in the application's clone."""
    return subprocess.run(
        command,
        cwd=sandbox.application.git.dir,
        env=environment_of(sandbox),
        capture_output=True,
        text=True,
        timeout=300,
    )


def environment_of(sandbox: Sandbox) -> dict[str, str]:
    """This environment with promoter and crane on PATH, and the sandbox's registry."""
    registry = sandbox.application.registry
    beside = [str(Path(sys.executable).parent), str(registry.crane.parent)]
    return {
        **os.environ,
        "PATH": os.pathsep.join([*beside, os.environ["PATH"]]),
        "PROMOTER_REGISTRY": registry.address,
    }


@pytest.mark.slow
def test_the_tasks_carry_a_commit_to_pins(sandbox: Sandbox) -> None:
    folder = sandbox.application.git.dir.parent
    commit = sandbox.git.commit("main")

    done = task(sandbox, "next-version")
    assert (done.returncode, done.stdout) == (0, "0.1.0-rc.1\n")
    assert (folder / "version" / "version").read_text() == "0.1.0-rc.1\n"

    assert task(sandbox, "build-rc").returncode == 0
    assert (folder / "candidate" / "version").read_text() == "0.1.0-rc.1\n"
    assert (folder / "candidate" / "commit").read_text() == f"{commit}\n"
    assert len(list((folder / "candidate" / "images").iterdir())) == 4

    assert task(sandbox, "cut-release").returncode == 2
    assert task(sandbox, "open-promote-rc-pr").returncode == 0
    pull = sandbox.application.forge.pull_requests(Query())[0]
    assert task(sandbox, "promote-rc-file-check", NUMBER=str(pull.number)).returncode == 0
    assert task(sandbox, "cut-release").returncode == 3
    sandbox.merge(pull)

    assert task(sandbox, "cut-release").returncode == 0
    assert (folder / "release" / "version").read_text() == "0.1.0\n"
    digest = (folder / "release" / "images" / "lana-bank").read_text().strip()
    assert sandbox.application.registry.digest("lana-bank", "latest") == digest
    sandbox.application.git.text("fetch", "--quiet", "--tags", "origin")
    sandbox.application.git.text("reset", "--quiet", "--hard", "origin/main")
    assert task(sandbox, "next-version").returncode == 2

    assert task(sandbox, "bump-image-digest").returncode == 0
    bump = sandbox.charts.forge.pull_requests(Query())[0]
    assert (
        task(
            sandbox, "bot-automerge", NUMBER=str(bump.number), SOURCE=str(sandbox.git.dir)
        ).returncode
        == 0
    )
    assert sandbox.charts.forge.pull_request(bump.number).state is PullRequestState.MERGED
    values = (
        sandbox.charts.git.file(
            sandbox.charts.git.tip("origin", "main"), "charts/lana-bank/values.yaml"
        )
        or b""
    )
    assert {pin.commit_ref for pin in read_pins(values.decode())} == {commit}
    again = task(sandbox, "bump-image-digest")
    assert (again.returncode, again.stdout) == (2, "")
    assert "it pins 0.1.0 already" in again.stderr


def test_prep_release_apps_writes_both_files_and_keeps_the_rest(sandbox: Sandbox) -> None:
    folder = sandbox.application.git.dir.parent
    (folder / "version").mkdir()
    (folder / "version" / "version").write_text("0.42.0-rc.1\n")
    for app in ("admin-panel", "customer-portal"):
        env = folder / f"{app}-src" / "apps" / app / ".env"
        env.parent.mkdir(parents=True)
        env.write_text("# mine\nNEXT_PUBLIC_APP_VERSION=dev\nOTHER=1\n")
    for _ in range(2):
        assert task(sandbox, "prep-release-apps").returncode == 0
        for app in ("admin-panel", "customer-portal"):
            env = folder / f"{app}-src" / "apps" / app / ".env"
            assert env.read_text() == "# mine\nNEXT_PUBLIC_APP_VERSION=0.42.0-rc.1\nOTHER=1\n"
    (folder / "version" / "version").write_text("soon\n")
    assert task(sandbox, "prep-release-apps").returncode == 1


def test_the_checks_of_a_pull_request(sandbox: Sandbox) -> None:
    git = sandbox.application.git
    git.text("config", "user.name", "Dev")
    git.text("config", "user.email", "dev@localhost")
    (git.dir / "CHANGELOG.md").write_text("x")
    git.text("add", "--all")
    git.text("commit", "--quiet", "--message", "docs: a")
    assert task(sandbox, "promote-rc-file-check", RANGE="HEAD^...HEAD").returncode == 0
    assert task(sandbox, "check-commits", RANGE="HEAD^..HEAD").returncode == 0
    (git.dir / "other.py").write_text("x")
    git.text("add", "--all")
    git.text("commit", "--quiet", "--message", "sneak in")
    refused = task(sandbox, "promote-rc-file-check", RANGE="HEAD~2...HEAD")
    assert (refused.returncode, refused.stderr) == (1, "not allowed: other.py\n")
    named = task(sandbox, "check-commits", RANGE="HEAD~2..HEAD")
    assert named.returncode == 1
    assert str(git.commit("HEAD"))[:12] in named.stderr
    assert "expected: <type>[(scope)][!]: <summary>" in named.stderr


def test_every_script_ships_in_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-scripts"]
    there = {script.name for script in SCRIPTS.iterdir() if script.is_file()}
    assert shipped == {f"scripts/{name}": name for name in there}
    assert all(os.access(SCRIPTS / name, os.X_OK) for name in there)
