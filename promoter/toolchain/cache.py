"""Folders that are made once: under a lock, in a temporary place, renamed when whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from promoter.common.progress import Progress


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/promoter``, or ``~/.cache/promoter`` (XDG base directories)."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    # The specification says that a relative value is to be ignored.
    base = Path(configured) if Path(configured).is_absolute() else Path.home() / ".cache"
    return base / "promoter"


@dataclass(frozen=True)
class Cache:
    """A folder of folders ``<kind>/<key>``, each complete or absent at any instant."""

    root: Path

    def path(self, kind: str, key: str) -> Path:
        """Where ``<kind>/<key>`` is or will be."""
        return self.root / kind / key

    def folder(self, kind: str, key: str, make: Callable[[Path], None], progress: Progress) -> Path:
        """``<kind>/<key>``, made by ``make(empty folder)`` unless it is there.

        Processes that ask for it at the same time wait for the first; if ``make`` raises or
        the process is killed, nothing is left that could be taken for the result.
        """
        wanted = self.path(kind, key)
        if wanted.is_dir():
            return wanted
        with self._locked(kind, progress):
            if not wanted.is_dir():
                self._make(wanted, make)
        return wanted

    @contextmanager
    def _locked(self, kind: str, progress: Progress) -> Iterator[None]:
        file = self.root / "locks" / f"{kind.replace('/', '-')}.lock"
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            with progress.task(f"waiting for another process that makes {kind}"):
                lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _make(self, wanted: Path, make: Callable[[Path], None]) -> None:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        # We hold the lock: a temporary folder that is there belongs to a killed process.
        for left in wanted.parent.glob(".making-*"):
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=".making-", dir=wanted.parent))
        try:
            whole = scratch / "whole"
            whole.mkdir()
            make(whole)
            whole.rename(wanted)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
