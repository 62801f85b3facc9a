"""Environments that take nothing, or patterns that nothing feeds."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.subject import GateSnapshot

ID = "unfed-environment"


def check(subject: GateSnapshot) -> Iterator[Finding]:
    """Environments without patterns, and ``propagated`` ones without a ``passed``."""
    for environment in subject.environments():
        file, name, config = environment.file, environment.name, environment.config
        if config.propagated and config.passed is None:
            yield Finding(
                ID,
                file,
                f"{name} has 'propagated' but no 'passed', so nothing feeds these patterns",
                f"name the environment that {name} follows in 'passed'",
            )
        elif not config.latest and not config.propagated:
            yield Finding(
                ID,
                file,
                f"{name} has neither 'latest' nor 'propagated', so nothing is ever deployed there",
                f"give {name} patterns, or remove it",
            )
