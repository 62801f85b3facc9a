"""A real registry on loopback, and application repositories made of upstream/lana-bank."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promoter.git import Git
from promoter.programs.registry import Registry
from promoter.release.images import Image
from promoter.release.placeholders import read_placeholders
from promoter.release.source import source_of_commit
from promoter.release.upstream import export
from promoter.toolchain.toolchain import Toolchain

if TYPE_CHECKING:
    from .sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = ROOT / "upstream" / "lana-bank"
ADDRESS = "https://github.com/GaloyMoney/lana-bank"


@pytest.fixture(scope="session")
def crane() -> Path:
    return Toolchain(ROOT).program("crane")


@contextmanager
def serving(crane: Path) -> Iterator[str]:
    """Run `crane registry serve` on loopback, in memory; yield host:port."""
    command = [crane, "registry", "serve", "--address", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        log = process.stderr
        assert log is not None
        # It logs every request; a full pipe would stop it.
        drain = threading.Thread(target=lambda: [None for _ in log])
        try:
            port = re.search(r"port (\d+)", log.readline())
            assert port, f"the registry did not start: {log.read()}"
            drain.start()
            yield f"127.0.0.1:{port[1]}"
        finally:
            process.terminate()
            if drain.ident:
                drain.join()


@pytest.fixture
def registry(crane: Path) -> Iterator[Registry]:
    with serving(crane) as address:
        yield Registry(f"{address}/galoyorg", crane)


def commit_all(git: Git, message: str, seconds: int = 1_767_225_600) -> str:
    """Commit the whole work tree at a fixed time; return the commit's id."""
    date = {"GIT_AUTHOR_DATE": f"@{seconds} +0000", "GIT_COMMITTER_DATE": f"@{seconds} +0000"}
    git.text("add", "--all")
    git.text("commit", "--quiet", "--allow-empty", "--message", message, env=date)
    commit = git.commit("HEAD")
    assert commit
    return commit


def new_repository(folder: Path) -> Git:
    """Return an empty repository with an identity and branch main."""
    folder.mkdir(parents=True, exist_ok=True)
    git = Git(folder)
    git.text("init", "--quiet", "--initial-branch=main")
    git.text("config", "user.name", "Dev")
    git.text("config", "user.email", "dev@localhost")
    git.text("config", "commit.gpgsign", "false")
    return git


def copy_application(target: Path) -> None:
    """Create ``target`` with the files of upstream/lana-bank, as the demo exports them."""
    bare = target.parent / f"{target.name}-export.git"
    export(APPLICATION, bare)
    Git(target.parent).text("clone", "--quiet", str(bare), str(target))
    for repository in (bare, target / ".git"):
        shutil.rmtree(repository)


def push_placeholders(
    git: Git, registry: Registry, version: str, sample: Path = APPLICATION
) -> tuple[Image, ...]:
    """Push the images of HEAD as ``version``: the placeholders for ``sample``."""
    source = source_of_commit(git, "HEAD")
    made = read_placeholders(sample).images(source, version, ADDRESS)
    for name, image in made.items():
        registry.push(name, image, [version])
    return tuple(Image(name, registry.repository(name), made[name].digest) for name in made)


@pytest.fixture
def application(tmp_path: Path) -> Git:
    """The example application as the root of a repository with one commit."""
    folder = tmp_path / "lana-bank"
    copy_application(folder)
    git = new_repository(folder)
    commit_all(git, "feat: the application")
    return git


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    """See `sandbox.open_sandbox`."""
    from .sandbox import open_sandbox

    return open_sandbox(tmp_path, registry)
