"""State files that were changed by anything but a record.

A state file says what an environment runs, and the next one takes what it says: an edited one
lets through what nobody deployed.
"""

from __future__ import annotations

from collections.abc import Iterator

from promoter.gate.history import History
from promoter.git import Git
from promoter.lint.finding import Finding
from promoter.lint.subject import STATES, is_state
from promoter.lint.weakened.range import Range
from promoter.lint.weakened.record import not_a_record

ID = "state-edited"
_NEXT = "take the change of the state file out: git checkout {} -- {}"

States = dict[str, str]
"""The blob of each state file by its path."""


def check(compared: Range) -> Iterator[Finding]:
    """Every change of a state file, commit by commit, that no record made."""
    start, end = compared.before.commit, compared.after.commit
    git = compared.git
    with History(git) as history:
        for line in reversed(git.lines("rev-list", "--topo-order", "--parents", f"{start}..{end}")):
            commit, *parents = line.split()
            trees = [_tree(history, each) for each in (commit, *parents)]
            if all(tree == trees[0] for tree in trees[1:]) and parents:
                continue
            for path, reason in _wrong(git, history, commit, parents):
                what = f"commit {commit[:12]} changed it, and {reason}"
                yield Finding(ID, path, what, _NEXT.format(start[:12], path))


def _wrong(
    git: Git, history: History, commit: str, parents: list[str]
) -> Iterator[tuple[str, str]]:
    """Each state file that should not be as ``commit`` has it, and why."""
    if len(parents) > 1:
        yield from _wrongly_merged(git, history, commit, parents)
        return
    before = _states(history, parents[0]) if parents else {}
    after = _states(history, commit)
    for path in _different(before, after):
        reason = not_a_record(git, commit, parents[0] if parents else None, path)
        if reason:
            yield path, reason


def _wrongly_merged(
    git: Git, history: History, commit: str, parents: list[str]
) -> Iterator[tuple[str, str]]:
    """A merge has each state file as the one side that changed it, and decides nothing."""
    fork = git.attempt("merge-base", "--octopus", *parents).stdout.decode().strip()
    before = _states(history, fork) if fork else {}
    sides = [_states(history, parent) for parent in parents]
    after = _states(history, commit)
    for path in sorted({*before, *after, *(path for side in sides for path in side)}):
        old = before.get(path)
        changed = {side.get(path) for side in sides} - {old}
        if len(changed) > 1:
            yield path, "its two sides have records that exclude each other"
        elif after.get(path) != next(iter(changed), old):
            yield path, "it is a merge that has it as neither side recorded it"


def _different(before: States, after: States) -> list[str]:
    every = sorted({*before, *after})
    return [path for path in every if before.get(path) != after.get(path)]


def _tree(history: History, commit: str) -> str | None:
    found = history.read(f"{commit}:{STATES.rstrip('/')}")
    return found.id if found is not None else None


def _states(history: History, commit: str) -> States:
    listing = history.listing(commit, [STATES.rstrip("/")])
    return {path: entry.blob for path, entry in listing.items() if is_state(path)}
