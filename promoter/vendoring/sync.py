"""`promoter vendor sync`: fetch what vendir.yml names, stage it, swap it in, write the lock."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from promoter.common.progress import Progress, Silent
from promoter.vendoring.config import CONFIG_NAME, Contents, Directory, VendirConfig, read_config
from promoter.vendoring.errors import VendorError
from promoter.vendoring.fetch import fetch
from promoter.vendoring.lock import (
    LOCK_NAME,
    Lock,
    LockedContents,
    LockedDirectory,
    lazy_digest,
    lock_bytes,
    read_lock,
)
from promoter.vendoring.refusals import refuse_linked_target, refuse_links_out
from promoter.vendoring.workspace import replace_file, swap, workspace


@dataclass(frozen=True)
class Stager:
    """Stages the directories of a vendir.yml below ``stage``; nothing outside of it changes.

    ``locked`` takes the commits of ``known`` instead of resolving the refs anew; ``lazy``
    skips a content marked as lazy whose configuration has not changed since ``known``.
    """

    root: Path
    stage: Path
    known: Lock | None
    vendir: Path | None
    progress: Progress
    locked: bool
    lazy: bool

    def run(self, config: VendirConfig) -> tuple[dict[str, Path], Lock]:
        """Return the staged folder of each directory's path, and the lock of all of them."""
        folders: dict[str, Path] = {}
        entries = []
        for number, directory in enumerate(config.directories):
            refuse_linked_target(self.root, directory.path)
            folder = folders[directory.path] = self.stage / f"new-{number}"
            folder.mkdir(mode=0o700)
            contents = tuple(self._contents(each, directory, folder) for each in directory.contents)
            refuse_links_out(folder)
            if directory.permissions is not None:
                folder.chmod(directory.permissions)
            entries.append(LockedDirectory(directory.path, contents))
        return folders, Lock(tuple(entries))

    def _contents(self, contents: Contents, directory: Directory, folder: Path) -> LockedContents:
        target = folder / contents.path
        current = self.root / directory.path / contents.path
        shown = f"{directory.path}/{contents.path}"
        known = self.known.find(directory.path, contents.path) if self.known else None
        digest = lazy_digest(contents)
        _create_parents(target, folder)
        if self.lazy and digest and known and known.config_digest == digest and current.is_dir():
            self.progress.note(f"{shown}: lazy and unchanged in vendir.yml, not fetched")
            shutil.copytree(current, target, symlinks=True)
            return known
        if self.locked and known is None:
            raise VendorError(
                f"sync {contents.path}: {LOCK_NAME} does not have it",
                next_step="sync without --locked, and commit the lock",
            )
        ref = known.git.sha if self.locked and known else contents.git.ref
        with self.progress.task(f"vendor {shown} at {ref}"):
            lock = fetch(contents, ref, current, target, self.stage / "work", vendir=self.vendir)
        if contents.permissions is None and directory.permissions is not None:
            target.chmod(directory.permissions)
        return LockedContents(contents.path, lock, digest)


def sync(
    root: Path,
    *,
    locked: bool = False,
    lazy: bool = True,
    vendir: Path | None = None,
    progress: Progress | None = None,
) -> Lock:
    """Bring the directories of ``root``'s vendir.yml up to date; return the written lock.

    Without ``vendir`` our own git source fetches. A directory is replaced whole, as vendir
    does, and by a swap: interrupted at any instant it is the old or the new one. Raises
    `InvalidFile`, `VendorError`.
    """
    root = root.resolve()
    config = read_config(root / CONFIG_NAME)
    known = read_lock(root / LOCK_NAME)
    with workspace(root) as stage:
        stager = Stager(root, stage, known, vendir, progress or Silent(), locked, lazy)
        folders, lock = stager.run(config)
        for path, folder in folders.items():
            swap(folder, root / path, root, stage)
        replace_file(root / LOCK_NAME, lock_bytes(lock), 0o600, stage)
    return lock


def _create_parents(target: Path, folder: Path) -> None:
    """Create the folders above ``target``, with the mode that vendir gives them."""
    if target == folder:
        # A content that is the whole directory takes its place.
        folder.rmdir()
    for parent in reversed(target.parents):
        if folder in parent.parents:
            parent.mkdir(mode=0o700, exist_ok=True)
