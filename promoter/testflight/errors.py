"""What can go wrong in a testflight, beside what goes wrong anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promoter.common.errors import PromoterError

if TYPE_CHECKING:
    from promoter.smoketest.report import Report


class TestflightError(PromoterError):
    """A testflight could not be made, or what it installed did not come up."""

    __test__ = False


class SmoketestFailed(TestflightError):
    """Endpoints did not answer as declared; ``report`` has every one of them."""

    def __init__(self, what: str, report: Report, *, next_step: str) -> None:
        super().__init__(what, next_step=next_step)
        self.report = report


class NotTested(PromoterError):
    """A chart ref has no attestation that it passed a testflight."""
