"""The outside programs: found on PATH, or built once in their pinned versions."""

from promoter.toolchain.build import BuildFailed
from promoter.toolchain.toolchain import NAMES, InventoryEntry, Toolchain

__all__ = ["NAMES", "BuildFailed", "InventoryEntry", "Toolchain"]
