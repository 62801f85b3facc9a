"""The rules for a change: what of the gate is weaker than it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from promoter.lint.finding import Finding
from promoter.lint.weakened import (
    environment_dropped,
    passed_removed,
    queue_ignored,
    state_edited,
    unpropagated,
)
from promoter.lint.weakened.range import Range

__all__ = ["WEAKENED", "Range"]

Rule = Callable[[Range], Iterable[Finding]]

WEAKENED: Mapping[str, Rule] = {
    environment_dropped.ID: environment_dropped.check,
    passed_removed.ID: passed_removed.check,
    unpropagated.ID: unpropagated.check,
    queue_ignored.ID: queue_ignored.check,
    state_edited.ID: state_edited.check,
}
"""Every rule by its id, in the order in which they report."""
