"""Rules for the graph of environments: which one waits for which, and what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from promoter.common.finding import Finding, summarize
from promoter.lint.snapshot import Environment, GateSnapshot

FilesByEnvironment = dict[tuple[str, str], frozenset[str]]
"""The files of environments, by cepler file and name."""


def check_cycles(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find each cycle of ``passed`` once, starting at its first environment in the file."""
    reported: set[tuple[str, str]] = set()
    for environment in snapshot.environments():
        cycle = _cycle(snapshot, environment)
        if cycle and (environment.file, environment.name) not in reported:
            reported.update((environment.file, name) for name in cycle)
            yield Finding(
                environment.file,
                f"{' waits for '.join([*cycle, cycle[0]])}, so none is ever deployed",
                f"remove 'passed' from the environment that is deployed first: {cycle[0]}?",
            )


def upstream_names(snapshot: GateSnapshot, environment: Environment) -> list[str]:
    """Return the names of all environments before ``environment``, nearest first.

    In a cycle the list ends with the first name that would come again.
    """
    names: list[str] = []
    upstream = snapshot.upstream(environment)
    while upstream is not None and upstream.name not in names:
        names.append(upstream.name)
        upstream = snapshot.upstream(upstream)
    return names


def _cycle(snapshot: GateSnapshot, start: Environment) -> list[str]:
    """Return the names from ``start`` back to it, empty if ``start`` is in no cycle."""
    names = upstream_names(snapshot, start)
    if start.name not in names:
        return []
    return [start.name, *names[: names.index(start.name)]]


def check_unfed_environments(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find environments without patterns, and ``propagated`` without a ``passed``."""
    for environment in snapshot.environments():
        name, config = environment.name, environment.config
        if config.propagated and config.passed is None:
            yield Finding(
                environment.file,
                f"{name} has 'propagated' but no 'passed', so nothing feeds these patterns",
                f"set 'passed' to the environment that comes before {name}",
            )
        elif not config.latest and not config.propagated:
            yield Finding(
                environment.file,
                f"{name} has neither 'latest' nor 'propagated', so nothing is ever deployed there",
                f"add patterns to {name}, or remove it",
            )


def check_missing_upstream(snapshot: GateSnapshot) -> Iterator[Finding]:
    """Find ``propagated`` patterns that match files which ``passed`` never has."""
    known: FilesByEnvironment = {}
    for environment in snapshot.environments():
        upstream = snapshot.upstream(environment)
        if upstream is None:
            continue
        available = _matched(snapshot, environment.config.latest)
        available |= _files_of(snapshot, upstream, known)
        for text in dict.fromkeys(environment.config.propagated):
            missing = [path for path in snapshot.matching(text) if path not in available]
            if missing:
                yield Finding(
                    environment.file,
                    f"{environment.name}: propagated '{text}' matches {summarize(missing)}, which "
                    f"{upstream.name} does not have, so it never arrives",
                    f"add it to {upstream.name}, or to 'latest' of {environment.name}",
                )


def _files_of(
    snapshot: GateSnapshot, environment: Environment, known: FilesByEnvironment
) -> frozenset[str]:
    """Return the files that ``environment`` has once all before it run this commit."""
    key = (environment.file, environment.name)
    if key not in known:
        known[key] = _matched(snapshot, environment.config.latest)  # ends a cycle
        upstream = snapshot.upstream(environment)
        if upstream is not None:
            propagated = _matched(snapshot, environment.config.propagated)
            known[key] |= propagated & _files_of(snapshot, upstream, known)
    return known[key]


def _matched(snapshot: GateSnapshot, patterns: Iterable[str]) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(snapshot.matching, patterns)))
