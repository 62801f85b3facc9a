"""A deployments repository with a signing key, without gates."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git import Git
from tests.setup.repository import FILES, public_key, push


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A clone with a key, of a remote that has cepler files and no gates."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    public_key(tmp_path / "key", "ann@bank.example")
    settings = {
        "user.name": "Ann",
        "user.email": "ann@bank.example",
        "gpg.format": "ssh",
        "user.signingkey": f"{tmp_path}/key.pub",
    }
    for name, value in settings.items():
        Git(tmp_path).text("config", "--file", "gitconfig", name, value)
    Git(tmp_path).text("init", "-q", "--bare", "--initial-branch=main", "origin.git")
    Git(tmp_path).text("clone", "-q", "origin.git", "clone")
    git = Git(tmp_path / "clone")
    push(git, FILES)
    return git
