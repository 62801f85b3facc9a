"""Repositories that several tests of the gate start from."""

from __future__ import annotations

from pathlib import Path

from .differential.twin import Twin
from .reference import run_ours

STATE = ".cepler/lana/staging.state"
CONFIG = b"""\
deployment: lana
environments:
  staging:
    latest:
      - m/*
  qa:
    passed: staging
    propagated:
      - m/*
"""


def recorded(folder: Path) -> Twin:
    """A repository in which staging and QA are recorded, and then a file changed."""
    found = Twin(Path("unused"), folder)
    files = {"cepler.yml": ("100644", CONFIG), "m/a": ("100644", b"1\n")}
    found.commit(files, "feat: start")
    found.checkout()
    for name in ("staging", "qa"):
        assert run_ours(found.top, "record", "-e", name).code == 0
    found.commit({"m/a": ("100644", b"2\n")}, "fix: a", parents=["refs/heads/main^0"])
    found.checkout()
    return found


def with_remote(twin: Twin) -> Path:
    """A bare remote beside the repository, which has it as its origin; gives its folder."""
    remote = twin.top.parent / "remote.git"
    twin.git("clone", "--quiet", "--bare", "--template=", ".", str(remote))
    twin.git("remote", "add", "origin", "../remote.git")
    twin.git("fetch", "--quiet", "origin")
    return remote


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a work tree, git's own left out."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and ".git" not in file.relative_to(folder).parts
    }
