"""One bare repository with two branches, and both forges over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.forge.forge import Forge
from promoter.forge.github import GitHubForge, Limits
from promoter.forge.local import LocalForge
from promoter.git import Git, Identity

from . import github_server

DEV = Identity("Dev", "dev@localhost")
QUICK = Limits(timeout=2, tries=3, backoff=0.0, rate_limit=5.0, pause=0, write_pause=0)


@pytest.fixture
def bare(tmp_path: Path) -> Git:
    """`main` with one file, `topic` with another commit on top of it."""
    git = Git(tmp_path)
    git.text("init", "--quiet", "--bare", "--initial-branch=main")
    main = git.commit_files(None, {"README.md": b"one\n"}, "feat: one", author=DEV)
    topic = git.commit_files(main, {"docs/a.md": b"a\n"}, "docs: a", author=DEV)
    git.text("update-ref", "refs/heads/main", main)
    git.text("update-ref", "refs/heads/topic", topic)
    return git


@pytest.fixture
def local(bare: Git) -> LocalForge:
    return LocalForge(bare)


@pytest.fixture
def server(local: LocalForge) -> Iterator[tuple[github_server.Server, str]]:
    with github_server.serving(local) as started:
        yield started


@pytest.fixture
def github(server: tuple[github_server.Server, str]) -> GitHubForge:
    return GitHubForge(github_server.NAME, "a-token", server[1], QUICK)


@pytest.fixture(params=["local", "github"])
def forge(request: pytest.FixtureRequest) -> Forge:
    chosen: Forge = request.getfixturevalue(request.param)
    return chosen
