"""Environments that no longer wait for the one that they waited for."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.subject import Environment, GateSnapshot
from promoter.lint.weakened.range import MEANT, Range

ID = "passed-removed"


def check(compared: Range) -> Iterator[Finding]:
    """Every ``passed`` whose environment is not before this one any more.

    One in between (staging, canary, production) is no weakening.
    """
    for was, now in compared.both():
        passed = was.config.passed
        if passed is not None and passed not in _before(compared.after, now):
            to = f"'{now.config.passed}'" if now.config.passed else "nothing"
            yield Finding(
                ID,
                now.file,
                f"{now.name} waited for '{passed}' and now waits for {to}",
                MEANT,
            )


def _before(subject: GateSnapshot, environment: Environment) -> list[str]:
    """The names of the environments that have to pass, nearest first."""
    names: list[str] = []
    upstream = subject.passed(environment)
    while upstream is not None and upstream.name not in names:
        names.append(upstream.name)
        upstream = subject.passed(upstream)
    return names
