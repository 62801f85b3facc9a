"""What the toolchain has: for each program where it comes from, without making anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promoter.common.errors import ProgramMissing
from promoter.toolchain.node import wheel_node
from promoter.toolchain.recipes import RECIPES
from promoter.toolchain.search import OnPath, Unfit
from promoter.toolchain.toolchain import NAMES, Toolchain
from promoter.toolchain.versions import version_of


@dataclass(frozen=True)
class InventoryEntry:
    """One program: ``source`` says where `Toolchain.program` gets it.

    ``path``: found on PATH; ``cache``: built before; ``wheel``: from a Python package;
    ``build``: would be built when asked for; ``missing``: has to be installed. ``note`` says
    why the ones on PATH were not taken, where there are any.
    """

    name: str
    source: Literal["path", "cache", "wheel", "build", "missing"]
    version: str
    path: Path | None
    note: str = ""


def inventory(toolchain: Toolchain) -> tuple[InventoryEntry, ...]:
    """Every program of the toolchain, in a fixed order; builds nothing."""
    return tuple(_entry(toolchain, name) for name in NAMES)


def _entry(toolchain: Toolchain, name: str) -> InventoryEntry:
    found = toolchain.on_path(name)
    if isinstance(found, OnPath):
        return InventoryEntry(name, "path", str(found.version), found.path)
    if name in RECIPES:
        version = toolchain.pinned(name).version.removeprefix("v")
        cached = toolchain.cached(name)
        note = "; ".join(found.reasons)
        return InventoryEntry(name, "cache" if cached else "build", version, cached, note)
    return _not_built(name, found)


def _not_built(name: str, unfit: Unfit) -> InventoryEntry:
    if name == "node":
        try:
            path = wheel_node(unfit)
        except ProgramMissing as error:
            return InventoryEntry(name, "missing", "", None, str(error))
        version = version_of(path, ("--version",))
        return InventoryEntry(name, "wheel", str(version), path, "; ".join(unfit.reasons))
    return InventoryEntry(name, "missing", "", None, str(unfit))
