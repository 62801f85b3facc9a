"""What a bump was about to put in place, so that the next run finishes what a kill cut off.

A bump moves the branch first and the files after it. Killed in between, the work tree
shows the old files as if somebody had changed them; the journal tells the difference.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from promoter.git import Git
from promoter.vendoring.config import CONFIG_NAME
from promoter.vendoring.errors import DirtyPaths
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.snapshot import commit_blobs, folder_blobs, write_blobs
from promoter.vendoring.swap import replace_file, swap

FILES = (CONFIG_NAME, LOCK_NAME)


@dataclass(frozen=True)
class Journal:
    """The commits before and after a bump, and the folder that differs between them."""

    base: str
    commit: str
    path: str


def journal_file(root: Path) -> Path:
    """Where the journal of ``root`` lies while a bump is being put in place."""
    return root / ".local" / "vendoring" / "bump.json"


def put_in_place(git: Git, journal: Journal, folder: Path, stage: Path) -> None:
    """Move the branch from ``base`` to ``commit``, then files and index; ``folder`` is staged."""
    file = journal_file(git.dir)
    replace_file(file, json.dumps(asdict(journal)).encode(), 0o600, stage)
    git.text("update-ref", "-m", "vendor bump", "HEAD", journal.commit, journal.base)
    _finish(git, journal, folder, stage)
    file.unlink()


def resume(git: Git, stage: Path) -> None:
    """Finish what an interrupted `put_in_place` began; nothing where there is none.

    Raises `DirtyPaths` when the files are neither the old nor the new ones any more.
    """
    file = journal_file(git.dir)
    if not file.exists():
        return
    journal = Journal(**json.loads(file.read_bytes()))
    if git.commit("HEAD") == journal.commit:
        _refuse_other(git, journal)
        folder = stage / "resumed"
        write_blobs(git, commit_blobs(git, journal.commit, journal.path), folder)
        _finish(git, journal, folder, stage)
    file.unlink()


def _finish(git: Git, journal: Journal, folder: Path, stage: Path) -> None:
    swap(folder, git.dir / journal.path, git.dir, stage)
    for name in FILES:
        content = git.file(journal.commit, name)
        if content is not None:
            replace_file(git.dir / name, content, 0o644, stage)
    git.text("reset", "--quiet", journal.commit, "--", journal.path, *FILES)


def _refuse_other(git: Git, journal: Journal) -> None:
    there = folder_blobs(git, git.dir / journal.path) if (git.dir / journal.path).is_dir() else {}
    known = [commit_blobs(git, one, journal.path) for one in (journal.base, journal.commit)]
    other = [] if there in known else [journal.path]
    for name in FILES:
        file = git.dir / name
        content = file.read_bytes() if file.exists() else None
        if content not in [git.file(one, name) for one in (journal.base, journal.commit)]:
            other.append(name)
    if other:
        raise DirtyPaths(
            f"finish the interrupted bump {journal.commit[:12]}: changed since: {', '.join(other)}",
            next_step=f"git checkout HEAD -- {' '.join(other)}  (or save your changes first)",
        )
