"""What can go wrong between a commit and its pins."""

from __future__ import annotations

from promoter.common.errors import PromoterError


class ReleaseError(PromoterError):
    """A release step cannot be done as asked."""


class RegistryError(PromoterError):
    """The image registry refused, lacks what was asked for, or could not be reached."""


class PinError(PromoterError):
    """A value in a chart's files cannot be found, or cannot be changed on its own."""


class Unverified(ReleaseError):
    """Nobody whose key is known vouches for an image, or for something else about it."""
