"""`Cache`: folders that are created once, under a lock, and are complete or absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
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
        target = self.path(kind, key)
        if target.is_dir():
            return target
        lock = self.root / "locks" / f"{kind.replace('/', '-')}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(lock, f"another process that creates {kind}", progress):
            if not target.is_dir():
                self._make(target, make)
        return target

    def _make(self, target: Path, make: Callable[[Path], None]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        # We hold the lock: an existing temporary folder belongs to a killed process.
        for leftover in target.parent.glob(".making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
        try:
            whole = scratch / "whole"
            whole.mkdir()
            make(whole)
            whole.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
