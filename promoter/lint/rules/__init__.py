"""The registry of the rules: the id of each is its heading in docs/linting.md."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from promoter.common.finding import Finding
from promoter.lint.rules import changes, control, environments, inputs, pushes, records
from promoter.lint.rules.changes import GateChange
from promoter.lint.rules.pushes import Pushes
from promoter.lint.snapshot import GateSnapshot

UNCOVERED = "uncovered-input"

RULES: Mapping[str, Callable[[GateSnapshot], Iterable[Finding]]] = {
    "invalid-file": environments.check_invalid_files,
    "invalid-rules": control.check_rules_files,
    "ambiguous-name": environments.check_ambiguous_names,
    "passed-cycle": environments.check_cycles,
    "unfed-environment": environments.check_unfed_environments,
    "dead-pattern": inputs.check_dead_patterns,
    "not-upstream": environments.check_missing_upstream,
    "orphan-state": environments.check_orphan_states,
    "stack-mismatch": inputs.check_stacks,
    UNCOVERED: inputs.check_uncovered_inputs,
}
"""The rules for one commit, in the order of their reports."""

CHANGE_RULES: Mapping[str, Callable[[GateChange], Iterable[Finding]]] = {
    "environment-dropped": changes.check_dropped_environments,
    "passed-removed": changes.check_removed_passed,
    "unpropagated": changes.check_unpropagated_files,
    "queue-ignored": changes.check_ignored_queues,
    "state-edited": records.check_edited_states,
    "record-unsigned": records.check_unsigned_records,
}
"""The rules for a change, in the order of their reports."""

PUSH_RULES: Mapping[str, Callable[[Pushes], Iterable[Finding]]] = {
    "pushed-unreviewed": pushes.check_pushed_commits,
}
"""The rules for what was pushed to main."""


def check(
    snapshot: GateSnapshot,
    covered: GateSnapshot,
    change: GateChange | None,
    pushed: Pushes | None,
) -> Iterator[Finding]:
    """Yield the findings of one commit, of a change and of what was pushed.

    ``covered`` has the added patterns.
    """
    for rule, find in RULES.items():
        subject = covered if rule == UNCOVERED else snapshot
        yield from (replace(found, rule=rule) for found in find(subject))
    if change is not None:
        for rule, find_in in CHANGE_RULES.items():
            yield from (replace(found, rule=rule) for found in find_in(change))
    if pushed is not None:
        for rule, find_pushed in PUSH_RULES.items():
            yield from (replace(found, rule=rule) for found in find_pushed(pushed))
