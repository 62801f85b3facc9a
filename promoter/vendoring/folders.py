"""Walking a folder, once written and quick."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below ``folder`` that is not a folder, with its path from there.

    Symlinks are given, not followed; nothing where ``folder`` is none.
    """
    if folder.is_dir():
        yield from _below(str(folder), "")


def _below(place: str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{prefix}{entry.name}/")
            else:
                yield f"{prefix}{entry.name}", entry
