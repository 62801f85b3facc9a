"""Errors of testflights; a module of its own because every other one here raises them."""

from __future__ import annotations

from promoter.common.errors import PromoterError


class TestflightError(PromoterError):
    """A testflight could not run, or its installation did not become available."""

    __test__ = False


class NotTested(PromoterError):
    """A chart ref has no attestation of a passed testflight."""
