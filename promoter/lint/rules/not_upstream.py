"""Propagated files that the environment before does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from promoter.lint.finding import Finding, some
from promoter.lint.subject import Environment, GateSnapshot

ID = "not-upstream"

Known = dict[tuple[str, str], frozenset[str]]
"""The files of the environments that were asked for, by cepler file and name."""


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Every ``propagated`` pattern that fits files which can never arrive from ``passed``."""
    known: Known = {}
    for environment in subject.environments():
        upstream = subject.passed(environment)
        if upstream is None:
            continue
        own = _matched(subject, environment.config.latest)
        arrive = _files_of(subject, upstream, known)
        for text in dict.fromkeys(environment.config.propagated):
            lacking = [
                path for path in subject.matching(text) if path not in own and path not in arrive
            ]
            if lacking:
                yield _finding(environment, upstream, text, lacking)


def _files_of(subject: GateSnapshot, environment: Environment, known: Known) -> frozenset[str]:
    """The files that ``environment`` would run if all at the commit had passed before it."""
    key = (environment.file, environment.name)
    if key not in known:
        known[key] = _matched(subject, environment.config.latest)  # where a cycle ends
        upstream = subject.passed(environment)
        if upstream is not None:
            taken = _matched(subject, environment.config.propagated)
            known[key] |= taken & _files_of(subject, upstream, known)
    return known[key]


def _matched(subject: GateSnapshot, patterns: Iterable[str]) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(subject.matching, patterns)))


def _finding(
    environment: Environment, upstream: Environment, text: str, lacking: list[str]
) -> Finding:
    return Finding(
        ID,
        environment.file,
        f"{environment.name}: propagated '{text}' fits {some(lacking)}, which {upstream.name} "
        "does not have, so it never arrives",
        f"add it to {upstream.name}, or take it under 'latest' of {environment.name}",
    )
