"""What can go wrong in a testflight, beside what goes wrong anywhere."""

from __future__ import annotations

from promoter.common.errors import PromoterError


class TestflightError(PromoterError):
    """A testflight could not be made, or what it installed did not come up."""

    __test__ = False


class NotTested(PromoterError):
    """A chart ref has no attestation that it passed a testflight."""
