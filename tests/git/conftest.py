"""A repository and a clone of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git import Git


@pytest.fixture
def remote(tmp_path: Path) -> Git:
    """A repository with one commit on main."""
    folder = tmp_path / "remote"
    folder.mkdir()
    git = Git(folder)
    git.text("init", "--quiet", "--initial-branch=main")
    git.text("config", "user.name", "somebody")
    git.text("config", "user.email", "somebody@localhost")
    advance(git, "main")
    return git


@pytest.fixture
def clone(remote: Git, tmp_path: Path) -> Git:
    Git(tmp_path).text("clone", "--quiet", str(remote.dir), "clone")
    return Git(tmp_path / "clone")


def advance(git: Git, branch: str) -> str:
    """Commit on ``branch`` of ``git`` and return the commit."""
    parent = git.commit(branch)
    commit = git.commit_files(parent, {"file": str(parent).encode()}, "chore: move on")
    git.text("update-ref", f"refs/heads/{branch}", commit)
    return commit
