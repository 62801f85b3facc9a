"""What can go wrong between a commit and its pins."""

from __future__ import annotations

from promoter.common.errors import PromoterError


class ReleaseError(PromoterError):
    """A release step cannot be done as asked."""


class Unverified(ReleaseError):
    """Nobody whose key is known vouches for an image, or for something else about it."""
