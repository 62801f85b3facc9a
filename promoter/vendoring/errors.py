"""Errors of vendoring."""

from promoter.common.errors import PromoterError


class VendorError(PromoterError):
    """A step between the remote and the vendored folder failed."""


class RefNotFound(VendorError):
    """The remote has no such branch, tag or reachable commit."""


class UnsafeContent(VendorError):
    """Fetched content would leave its folder, or cannot be a file of a chart."""


class DirtyPaths(VendorError):
    """Paths that a bump would overwrite have uncommitted changes."""
