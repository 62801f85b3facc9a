"""A deployments repository with a signing key, without gates."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.setup.init import plan_init
from promoter.site.site import Site
from tests.setup.repository import FILES, public_key, push

ROOT = Path(__file__).parents[2]
INPUTS = (
    *(".gitignore", "cdktf.json", "cepler", "charts", "ci", "dev/toolchain", "modules"),
    *("package.json", "package-lock.json", "policies/waivers.yml", "stacks"),
)


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


@pytest.fixture
def whole_clone(clone: Git, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with this repository's stacks, cepler files and pipeline, and gates."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in INPUTS:
        source, target = ROOT / name, clone.dir / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    clone.text("add", "--all")
    clone.text("commit", "-q", "-m", "feat: everything")
    clone.text("push", "-q", "origin", "main")
    plan_init(Site.of(clone.dir)).push()
    monkeypatch.chdir(clone.dir)
    return clone.dir
