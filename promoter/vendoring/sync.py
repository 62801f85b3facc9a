"""`promoter vendor sync`: fetch what vendir.yml names, stage it, swap it in, write the lock."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.vendoring.config import CONFIG_NAME, Contents, Directory, VendirConfig, read_config
from promoter.vendoring.errors import VendorError
from promoter.vendoring.lock import (
    LOCK_NAME,
    Lock,
    LockedContents,
    LockedDirectory,
    config_digest,
    lock_bytes,
    read_lock,
)
from promoter.vendoring.staging import Fetcher, GitFetcher, check_links, place, refuse_links
from promoter.vendoring.swap import replace_file, swap, workshop


@dataclass(frozen=True)
class Staged:
    """Directories that are fetched and checked, but not in place yet."""

    directories: dict[str, Path]
    lock: Lock


@dataclass(frozen=True)
class Staging:
    """Where and how a whole vendir.yml is staged.

    ``locked``: take the commits of ``known`` instead of resolving the refs anew; ``lazy``:
    leave a content alone that says so and has not changed in vendir.yml.
    """

    root: Path
    stage: Path
    known: Lock | None
    fetcher: Fetcher
    progress: Progress
    locked: bool = False
    lazy: bool = True

    def all(self, config: VendirConfig) -> Staged:
        """Every directory, fetched below ``stage``; nothing outside of it changes."""
        folders: dict[str, Path] = {}
        entries = []
        for number, directory in enumerate(config.directories):
            refuse_links(self.root, directory.path)
            folder = folders[directory.path] = self.stage / f"new-{number}"
            entries.append(self._directory(directory, folder))
        return Staged(folders, Lock(tuple(entries)))

    def _directory(self, directory: Directory, folder: Path) -> LockedDirectory:
        folder.mkdir(mode=0o700)
        contents = tuple(self._contents(one, directory, folder) for one in directory.contents)
        check_links(folder)
        if directory.permissions is not None:
            folder.chmod(directory.permissions)
        return LockedDirectory(directory.path, contents)

    def _contents(self, contents: Contents, directory: Directory, folder: Path) -> LockedContents:
        target = folder / contents.path
        current = self.root / directory.path / contents.path
        shown = f"{directory.path}/{contents.path}"
        before = self.known.find(directory.path, contents.path) if self.known else None
        digest = config_digest(contents) if contents.lazy else ""
        _make_room(target, folder)
        if self.lazy and digest and before and before.config_digest == digest and current.is_dir():
            self.progress.note(f"{shown}: lazy and unchanged in vendir.yml, not fetched")
            shutil.copytree(current, target, symlinks=True)
            return before
        ref = self._ref(contents, before)
        with self.progress.task(f"vendor {shown} at {ref}"):
            work = self.stage / "work"
            found = place(self.fetcher, contents, ref, current, target, work)
        if contents.permissions is None and directory.permissions is not None:
            target.chmod(directory.permissions)
        return LockedContents(contents.path, found, digest)

    def _ref(self, contents: Contents, before: LockedContents | None) -> str:
        if not self.locked:
            return contents.git.ref
        if before is None:
            raise VendorError(
                f"sync {contents.path}: {LOCK_NAME} does not have it",
                next_step="sync without --locked, and commit the lock",
            )
        return before.git.sha


def sync(
    root: Path,
    *,
    locked: bool = False,
    lazy: bool = True,
    fetcher: Fetcher | None = None,
    progress: Progress | None = None,
) -> Lock:
    """Make the directories of ``root``'s vendir.yml what it says; gives the lock written.

    A directory is replaced whole, as vendir does, and by a swap: interrupted at any instant
    it is the old or the new one. Raises `InvalidFile`, `VendorError`.
    """
    root = root.resolve()
    config = read_config(root / CONFIG_NAME)
    known = read_lock(root / LOCK_NAME)
    with workshop(root) as stage:
        staging = Staging(
            root, stage, known, fetcher or GitFetcher(), progress or Silent(), locked, lazy
        )
        staged = staging.all(config)
        for path, folder in staged.directories.items():
            swap(folder, root / path, root, stage)
        replace_file(root / LOCK_NAME, lock_bytes(staged.lock), 0o600, stage)
    return staged.lock


def _make_room(target: Path, folder: Path) -> None:
    """The folders above ``target``, with the mode that vendir gives them."""
    if target == folder:
        # A content that is the whole directory takes its place.
        folder.rmdir()
    for parent in reversed(target.parents):
        if folder in parent.parents and not parent.exists():
            parent.mkdir(mode=0o700)
