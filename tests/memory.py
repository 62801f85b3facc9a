"""The place of a run's temporary folders: in memory, where there is room.

A new file on a disk takes several times the CPU of one in memory, and tests make tens of
thousands: repositories, clones and work trees.
"""

from __future__ import annotations

import os
from pathlib import Path

MEMORY = Path("/dev/shm")
_ENOUGH = 8 << 30


def folder_in_memory(place: Path = MEMORY, enough: int = _ENOUGH) -> Path | None:
    """Return ``place`` if programs can be written and run there, and ``enough`` bytes are free."""
    if not os.access(place, os.W_OK):
        return None
    there = os.statvfs(place)
    runs = not there.f_flag & os.ST_NOEXEC
    return place if runs and there.f_bavail * there.f_frsize >= enough else None
