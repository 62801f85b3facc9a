"""The rules for one commit: one id, one file, one heading in docs/linting.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from promoter.lint.finding import Finding
from promoter.lint.rules import (
    ambiguous,
    cycles,
    dead_patterns,
    invalid_files,
    not_upstream,
    orphan_states,
    stacks,
    uncovered_inputs,
    unfed,
)
from promoter.lint.subject import GateSnapshot

Rule = Callable[[GateSnapshot], Iterable[Finding]]
"""Looks at the gate of one commit; reads nothing itself."""

RULES: Mapping[str, Rule] = {
    invalid_files.ID: invalid_files.check,
    ambiguous.ID: ambiguous.check,
    cycles.ID: cycles.check,
    unfed.ID: unfed.check,
    dead_patterns.ID: dead_patterns.check,
    not_upstream.ID: not_upstream.check,
    orphan_states.ID: orphan_states.check,
    stacks.ID: stacks.check,
    uncovered_inputs.ID: uncovered_inputs.check,
}
"""Every rule by its id, in the order in which they report."""
