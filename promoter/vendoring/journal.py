"""A journal of the bump in progress, with which the next run finishes an interrupted one.

A bump moves the branch first and the files after it. Killed in between, the work tree
shows the old files as if they had been edited; the journal tells the two cases apart.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from promoter.git import Git
from promoter.vendoring.config import CONFIG_NAME
from promoter.vendoring.errors import DirtyPaths
from promoter.vendoring.folders import store_folder, write_folder
from promoter.vendoring.lock import LOCK_NAME
from promoter.vendoring.workspace import HOME, JOURNAL, replace_file, swap

_FILES = (CONFIG_NAME, LOCK_NAME)


@dataclass(frozen=True)
class Journal:
    """The commits before and after a bump, and the dependency's folder."""

    base: str
    commit: str
    path: str


def journal_file(root: Path) -> Path:
    """Return the path of ``root``'s journal, which exists while a bump is put in place."""
    return root / HOME / JOURNAL


def put_in_place(git: Git, journal: Journal, folder: Path, stage: Path) -> None:
    """Move the branch from ``base`` to ``commit``, then the staged ``folder``, files and index."""
    file = journal_file(git.dir)
    replace_file(file, json.dumps(asdict(journal)).encode(), 0o600, stage)
    git.text("update-ref", "-m", "vendor bump", "HEAD", journal.commit, journal.base)
    _finish(git, journal, folder, stage)
    file.unlink()


def resume(git: Git, stage: Path) -> None:
    """Finish an interrupted `put_in_place`; raise `DirtyPaths` if its files were edited since."""
    file = journal_file(git.dir)
    if not file.exists():
        return
    journal = Journal(**json.loads(file.read_bytes()))
    if git.commit("HEAD") == journal.commit:
        _refuse_edited(git, journal)
        folder = stage / "resumed"
        write_folder(git, git.listing(journal.commit, journal.path), folder)
        _finish(git, journal, folder, stage)
    file.unlink()


def _finish(git: Git, journal: Journal, folder: Path, stage: Path) -> None:
    swap(folder, git.dir / journal.path, git.dir, stage)
    for name in _FILES:
        if (content := git.file(journal.commit, name)) is not None:
            replace_file(git.dir / name, content, 0o644, stage)
    git.text("reset", "--quiet", journal.commit, "--", journal.path, *_FILES)


def _refuse_edited(git: Git, journal: Journal) -> None:
    commits = (journal.base, journal.commit)
    current = store_folder(git, git.dir / journal.path)
    folders = [git.listing(commit, journal.path) for commit in commits]
    edited = [] if current in folders else [journal.path]
    for name in _FILES:
        file = git.dir / name
        content = file.read_bytes() if file.exists() else None
        if content not in [git.file(commit, name) for commit in commits]:
            edited.append(name)
    if edited:
        raise DirtyPaths(
            f"finish the interrupted bump {journal.commit[:12]}: changed since: "
            f"{', '.join(edited)}",
            next_step=f"git checkout HEAD -- {' '.join(edited)}  (or save your changes first)",
        )
