"""Temporary folders in memory, for tests whose repositories have thousands of small files.

On some disks a new file takes more CPU than all that a test does with it. A package of tests
whose conftest.py has this `tmp_path` gets it in the place of pytest's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

MEMORY = Path("/dev/shm")
_ENOUGH = 4 << 30


def folder_in_memory(place: Path = MEMORY, enough: int = _ENOUGH) -> Path | None:
    """Return ``place`` if programs can be written and run there, and ``enough`` bytes are free."""
    if not os.access(place, os.W_OK):
        return None
    there = os.statvfs(place)
    runs = not there.f_flag & os.ST_NOEXEC
    return place if runs and there.f_bavail * there.f_frsize >= enough else None


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own, in memory where there is room for it; removed after the test."""
    with TemporaryDirectory(dir=folder_in_memory(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)
