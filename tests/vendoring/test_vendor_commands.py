"""The command line: its output and exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.vendoring.sources import Source, Target, git

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


def run(target: Target, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{BIN}:{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=target.folder,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def promoter(target: Target, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(target, "promoter", "vendor", *arguments, "--vendir", "never")


def publish(target: Target) -> Path:
    """Give the repository a remote, whose main lists the testers (none)."""
    remote = target.folder.with_name("remote.git")
    git(target.folder, "clone", "-q", "--bare", ".", str(remote))
    git(target.folder, "remote", "add", "origin", str(remote))
    return remote


def test_sync_prints_the_vendored_commits(source: Source, target: Target) -> None:
    done = promoter(target, "sync")
    assert (done.returncode, done.stdout) == (0, f"charts/lana-bank  {source.head}  feat: first\n")


def test_check(target: Target) -> None:
    done = promoter(target, "check")
    assert (done.returncode, done.stdout) == (0, "")
    (target.chart / "values.yaml").write_text("")
    done = promoter(target, "check")
    assert done.returncode == 1
    assert done.stdout == "charts/lana-bank/values.yaml: its content differs from the source\n"
    assert "promoter vendor sync --locked" in done.stderr


def test_sync_and_check_as_json(source: Source, target: Target) -> None:
    lock = json.loads(promoter(target, "sync", "--json").stdout)
    assert lock["directories"][0]["contents"][0]["git"]["sha"] == source.head
    assert json.loads(promoter(target, "check", "--json").stdout) == {"differences": []}
    (target.chart / "values.yaml").write_text("")
    done = promoter(target, "check", "--json")
    assert done.returncode == 1
    (difference,) = json.loads(done.stdout)["differences"]
    assert difference["path"] == "charts/lana-bank/values.yaml"


def test_bump_and_bump_again(source: Source, target: Target) -> None:
    publish(target)
    new = source.commit("feat: more", {"charts/lana-bank/values.yaml": "replicas: 2\n"})
    done = promoter(target, "bump", "lana-bank", new)
    assert done.returncode == 0, done.stderr
    assert f"bump lana-bank to {new[:12]}" in done.stdout
    assert f"commit {target.head}" in done.stdout
    done = promoter(target, "bump", "lana-bank", new)
    assert done.returncode == 2
    assert "is vendored already" in done.stderr


def test_exit_codes_of_errors(target: Target) -> None:
    assert promoter(target, "bump", "lana-bank", "nope").returncode == 1
    assert promoter(target, "bump", "nope", "main").returncode == 64
    assert promoter(target, "bump", "lana-bank").returncode == 64
    assert promoter(target, "bump", "lana-bank", "").returncode == 64
    (target.chart / "values.yaml").write_text("")
    done = promoter(target, "bump", "lana-bank", "main")
    assert done.returncode == 1
    assert "next:  commit them, or undo them" in done.stderr


def test_pins_are_looked_up_unless_disabled(source: Source, target: Target) -> None:
    publish(target)
    pin = f'image:\n  repository: r.invalid/x/y\n  digest: "sha256:{"a" * 64}" '
    pin += "# METADATA:: repository=https://github.com/a/b;commit_ref=abcdef0;app=y;\n"
    new = source.commit("feat: pin", {"charts/lana-bank/values.yaml": pin})
    # The registry's client is built from the versions that the repository pins.
    shutil.copytree(ROOT / "dev/toolchain", target.folder / "dev/toolchain")
    done = promoter(target, "bump", "lana-bank", new)
    assert done.returncode == 1
    assert "--no-digest-check skips the lookup" in done.stderr
    assert promoter(target, "bump", "lana-bank", new, "--no-digest-check").returncode == 0


def make(target: Target, *variables: str) -> subprocess.CompletedProcess[str]:
    there = (f"--file={ROOT}/Makefile", "-o", ".venv/installed", f"BIN={BIN}")
    return run(target, "make", *there, "--no-print-directory", "bump-vendored-ref", *variables)


def test_three_steps_make_the_commit_of_a_bump(source: Source, target: Target) -> None:
    remote = publish(target)
    new = source.commit("feat: more", {"charts/lana-bank/values.yaml": "a: 2\n"})
    done = make(target, "DEP=lana-bank", "REF=main")
    assert (done.returncode, done.stdout) == (0, f"{new}\n")
    assert git(target.folder, "diff", "--name-only") == "vendir.yml"
    early = run(target, "promoter", "vendor", "commit", "lana-bank", "--push")
    assert early.returncode == 1
    assert "next:  promoter vendor sync" in early.stderr
    assert promoter(target, "sync").returncode == 0
    # Another commit came to main meanwhile: the push is on top of it.
    other = target.folder.with_name("other")
    git(target.folder, "clone", "-q", str(remote), str(other))
    git(other, "-c", "user.name=d", "-c", "user.email=d", "commit", "-qm", "x", "--allow-empty")
    git(other, "push", "-q", "origin", "HEAD:main")
    urgent = 'it\'s "urgent"'
    done = run(target, "promoter", "vendor", "commit", "lana-bank", "--push", "--untested", urgent)
    assert done.returncode == 0, done.stderr
    assert git(remote, "rev-parse", "main") == target.head
    assert git(remote, "rev-parse", "main^") == git(other, "rev-parse", "HEAD")
    assert git(target.folder, "status", "--porcelain") == ""
    message = git(target.folder, "log", "-1", "--format=%B")
    assert f"bump lana-bank to {new[:12]}" in message
    assert f"Untested: {urgent}" in message
    assert promoter(target, "check").returncode == 0
    again = run(target, "promoter", "vendor", "commit", "lana-bank", "--push")
    assert again.returncode == 2


def test_the_make_target_takes_no_command_from_its_arguments(
    source: Source, target: Target
) -> None:
    hostile = make(target, "DEP=lana-bank", 'REF=main"; touch pwned; "')
    assert "find ref" in hostile.stderr
    assert not (target.folder / "pwned").exists()
    again = make(target, "DEP=lana-bank", f"REF={source.head}")
    assert again.returncode == 2
    assert "already" in again.stderr
