"""Errors of a smoketest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promoter.common.errors import PromoterError

if TYPE_CHECKING:
    from promoter.smoketest.report import Report


class SmoketestError(PromoterError):
    """A smoketest could not run."""


class SmoketestFailed(SmoketestError):
    """Endpoints did not answer as declared; ``report`` has a result for each of them."""

    def __init__(self, what: str, report: Report, *, next_step: str) -> None:
        super().__init__(what, next_step=next_step)
        self.report = report
