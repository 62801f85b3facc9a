"""The error of the release steps, which every module of this package raises."""

from promoter.common.errors import PromoterError


class ReleaseError(PromoterError):
    """A release step cannot be done."""
