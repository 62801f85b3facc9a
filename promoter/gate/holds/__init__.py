"""The kinds of hold: one file per kind, and one line in this registry."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promoter.gate.holds.hold import Hold

KINDS = [
    "promoter.gate.holds.not_in_history:NotInHistory",
    "promoter.gate.holds.not_deployed:NotDeployed",
    "promoter.gate.holds.gate:HeldByGate",
    "promoter.gate.holds.not_passed:NotPassed",
    "promoter.gate.holds.refused:Refused",
]
"""Module and class of each kind, in the order in which holds are shown.

Names, because ``cepler check`` has no use for the classes and importing them takes 4 ms.
"""


def kinds() -> list[type[Hold]]:
    """Return the class of each kind."""
    names = [kind.split(":") for kind in KINDS]
    return [getattr(import_module(module), name) for module, name in names]
