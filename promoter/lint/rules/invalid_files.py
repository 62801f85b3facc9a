"""Cepler files and state files that do not validate."""

from __future__ import annotations

from collections.abc import Iterable

from promoter.lint.finding import Finding
from promoter.lint.subject import INVALID, GateSnapshot

ID = INVALID


def check(subject: GateSnapshot) -> Iterable[Finding]:
    """Every file that could not be read, with the place and the reason."""
    return subject.invalid
