"""Environments that wait for each other, so that none of them is ever deployed."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.subject import Environment, GateSnapshot

ID = "passed-cycle"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Each cycle once, named from its first environment in the file."""
    seen: set[tuple[str, str]] = set()
    for environment in subject.environments():
        circle = _circle(subject, environment)
        if circle and (environment.file, environment.name) not in seen:
            seen.update((environment.file, name) for name in circle)
            yield Finding(
                ID,
                environment.file,
                f"{' waits for '.join([*circle, circle[0]])}, so none is ever deployed",
                f"remove 'passed' from the one of them that is deployed first: {circle[0]}?",
            )


def _circle(subject: GateSnapshot, start: Environment) -> list[str]:
    """The names from ``start`` back to it, empty where its chain ends or circles elsewhere."""
    names: list[str] = []
    at: Environment | None = start
    while at is not None and at.name not in names:
        names.append(at.name)
        at = subject.passed(at)
    return names if at is not None and at.name == start.name else []
