"""Environments that may now skip deployments of the one before."""

from __future__ import annotations

from collections.abc import Iterator

from promoter.lint.finding import Finding
from promoter.lint.weakened.range import MEANT, Range

ID = "queue-ignored"


def check(compared: Range) -> Iterator[Finding]:
    """Every ``ignore_queue`` that was switched on."""
    for was, now in compared.both():
        if now.config.ignore_queue and not was.config.ignore_queue:
            yield Finding(
                ID, now.file, f"{now.name} now has 'ignore_queue' and skips what was queued", MEANT
            )
