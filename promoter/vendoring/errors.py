"""What can go wrong while vendoring, each with what to do next."""

from __future__ import annotations

from promoter.common.errors import PromoterError


class VendorError(PromoterError):
    """Something between the remote and the vendored folder failed."""


class RefNotFound(VendorError):
    """The remote has no such branch, tag or reachable commit (any more)."""


class UnsafeContent(VendorError):
    """What was fetched would leave the folder, or cannot be a file of a chart."""


class DirtyPaths(VendorError):
    """Paths that a bump would overwrite have changes that are not committed."""
