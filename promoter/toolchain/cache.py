"""`Cache`: folders that are created once, under a lock, and are complete or absent."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from promoter.common.errors import InvalidFile, PromoterError, UsageError
from promoter.common.progress import Progress

_UNWRITABLE = (errno.EACCES, errno.EROFS, errno.ENOTDIR, errno.ENOSPC, errno.EDQUOT)


def default_cache() -> Path:
    """Return ``$XDG_CACHE_HOME/promoter``, or ``~/.cache/promoter`` (XDG base directories)."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says that a relative value is to be ignored.
    if Path(configured).is_absolute():
        return Path(configured) / "promoter"
    try:
        return Path.home() / ".cache" / "promoter"
    except RuntimeError as error:
        raise UsageError(
            "find the cache: HOME is not set, and this user has no home folder",
            next_step="set HOME or XDG_CACHE_HOME to a folder that you can write to",
        ) from error


def without_home(**folders: str) -> dict[str, str]:
    """Return variables of other programs' caches, which name ``folders`` in ours.

    None where the home folder can be written, which those programs use by default.
    """
    if os.access(os.environ.get("HOME", ""), os.W_OK):
        return {}
    return {variable: str(default_cache() / folder) for variable, folder in folders.items()}


def read_committed(file: Path) -> bytes:
    """Return the content of a file that git tracks; raises `InvalidFile` if it is missing."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidFile(
            str(file), "", error.strerror or str(error), next_step="restore it from git"
        ) from error


@dataclass(frozen=True)
class Workplace:
    """Empty folders to fill, by name, and the ``places`` that they are moved to.

    ``scratch`` is a folder on the same file system; processes that wait show ``status``.
    """

    scratch: Path
    folders: Mapping[str, Path]
    places: Mapping[str, Path]

    @property
    def status(self) -> Path:
        """The file with one line about the progress."""
        return _status(self.scratch)

    def publish(self, name: str) -> None:
        """Move a complete folder to its place, where other processes find it at once."""
        self.places[name].parent.mkdir(parents=True, exist_ok=True)
        self.folders[name].rename(self.places[name])


Make = Callable[[Workplace], None]
"""Fills the folders of a workplace; may publish those that are complete before it returns."""


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
        return self.folders(kind, places, lambda work: make(work.folders[kind]), progress)[kind]

    def folders(
        self, group: str, places: Mapping[str, Path], make: Make, progress: Progress
    ) -> Mapping[str, Path]:
        """Return ``places``; one call of ``make`` creates all that are missing.

        Everything else is as in `folder`. Of the processes that work on the same ``group`` one
        creates; each other one waits until it ends or has published what that one needs.
        """
        name = group.replace("/", "-")
        scratch = self.root / "making" / name
        if _missing(places):
            lock = self.root / "locks" / f"{name}.lock"
            with self._writable(), _exclusive(lock, places, scratch, progress):
                missing = _missing(places)
                if missing:
                    _make(scratch, missing, make)
        return places

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """Raise `PromoterError` with the cache's place where it cannot be written to."""
        try:
            yield
        except OSError as error:
            if error.errno not in _UNWRITABLE:
                raise
            raise PromoterError(
                f"write to the cache {self.root}: {error.strerror or error}",
                next_step="make it writable and free some space there, or set XDG_CACHE_HOME to "
                "another folder",
            ) from error


@contextmanager
def _exclusive(
    file: Path, places: Mapping[str, Path], scratch: Path, progress: Progress
) -> Iterator[None]:
    """Hold the lock ``file``, or none once all ``places`` exist because another process did it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        awaited = ", ".join(_missing(places))
        with progress.task(f"wait for {awaited}, which another process creates") as detail:

            def published() -> bool:
                with suppress(OSError):
                    detail(_status(scratch).read_text())
                return not _missing(places)

            with suppress(Timeout):
                lock.acquire(poll_interval=0.2, cancel_check=published)
    try:
        yield
    finally:
        lock.release()


def _make(scratch: Path, missing: Mapping[str, Path], make: Make) -> None:
    # We hold the lock: whatever is in the scratch folder belongs to a killed process.
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        make(work := Workplace(scratch, _empty(scratch, missing), missing))
        for name in _missing(missing):
            work.publish(name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _empty(scratch: Path, names: Iterable[str]) -> dict[str, Path]:
    folders = {name: Path(tempfile.mkdtemp(dir=scratch)) for name in names}
    for folder in folders.values():
        folder.chmod(0o755)
    return folders


def _missing(places: Mapping[str, Path]) -> dict[str, Path]:
    return {name: place for name, place in places.items() if not place.is_dir()}


def _status(scratch: Path) -> Path:
    return scratch / "status"
