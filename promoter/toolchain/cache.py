"""`Cache`: folders that are created once, under a lock, and are complete or absent."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.common.locks import exclusive
from promoter.common.progress import Progress


def default_cache() -> Path:
    """Return ``$XDG_CACHE_HOME/promoter``, or ``~/.cache/promoter`` (XDG base directories)."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says that a relative value is to be ignored.
    base = Path(configured) if Path(configured).is_absolute() else Path.home() / ".cache"
    return base / "promoter"


def read_committed(file: Path) -> bytes:
    """Return the content of a file that git tracks; raises `InvalidFile` if it is missing."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidFile(
            str(file), "", error.strerror or str(error), next_step="restore it from git"
        ) from error


@dataclass(frozen=True)
class Cache:
    """A folder of folders ``<kind>/<key>``, each complete or absent at any instant."""

    root: Path

    def path(self, kind: str, key: str) -> Path:
        """Return the place of ``<kind>/<key>``, existing or not."""
        return self.root / kind / key

    def folder(self, kind: str, key: str, make: Callable[[Path], None], progress: Progress) -> Path:
        """Return ``<kind>/<key>``, created by ``make(empty folder)`` unless it exists.

        Processes that need it at the same time wait for the first; if ``make`` raises or the
        process is killed, nothing is left that could be mistaken for the result.
        """
        places = {kind: self.path(kind, key)}
        return self.folders(kind, places, lambda made: make(made[kind]), progress)[kind]

    def folders(
        self,
        group: str,
        places: Mapping[str, Path],
        make: Callable[[Mapping[str, Path]], None],
        progress: Progress,
    ) -> Mapping[str, Path]:
        """Return ``places``; one call of ``make`` creates all that are missing.

        ``make`` gets an empty folder for each missing name. Everything else is as in `folder`;
        processes that work on the same ``group`` wait for each other.
        """
        if all(place.is_dir() for place in places.values()):
            return places
        name = group.replace("/", "-")
        lock = self.root / "locks" / f"{name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(lock, f"another process that creates {group}", progress):
            missing = {each: place for each, place in places.items() if not place.is_dir()}
            if missing:
                self._make(self.root / "making" / name, missing, make)
        return places

    def _make(
        self,
        scratch: Path,
        missing: Mapping[str, Path],
        make: Callable[[Mapping[str, Path]], None],
    ) -> None:
        # We hold the lock: whatever is in the scratch folder belongs to a killed process.
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        folders = {name: Path(tempfile.mkdtemp(dir=scratch)) for name in missing}
        for folder in folders.values():
            folder.chmod(0o755)
        try:
            make(folders)
            for name, place in missing.items():
                place.parent.mkdir(parents=True, exist_ok=True)
                folders[name].rename(place)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
