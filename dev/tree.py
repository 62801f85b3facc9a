"""Copies of the files of this checkout, where an edit is in nobody's way."""

from __future__ import annotations

import shutil
from pathlib import Path

from promoter.git import Git

ROOT = Path(__file__).resolve().parent.parent


def copy_files(tree: Path, *paths: str) -> None:
    """Copy the files below ``paths``, by default all, that git lists or would add, to ``tree``."""
    listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths)
    listed = Git(ROOT).text(*listing)
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, tree / name
        if source.exists():  # git lists a deleted file until the deletion is committed.
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def copy_repository(tree: Path) -> None:
    """Copy every such file to ``tree``, a repository with this HEAD that has no remote."""
    Git(ROOT).text("clone", "--quiet", "--shared", "--no-checkout", ".", str(tree))
    git = Git(tree)
    git.text("remote", "remove", "origin")
    copy_files(tree)
    git.text("reset", "--quiet")
