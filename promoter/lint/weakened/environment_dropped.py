"""Environments that no gate decides over any more."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.weakened.range import MEANT, Range

ID = "environment-dropped"


def check(compared: Range) -> Iterator[Finding]:
    """Every environment that was in a cepler file and is in none of its deployment now."""
    unreadable = {finding.file for finding in compared.after.invalid}
    for was in compared.before.environments():
        if (was.deployment, was.name) in compared.now or was.file in unreadable:
            continue
        yield Finding(ID, was.file, f"{was.name} of {was.deployment} is dropped", MEANT)
