"""Our own checks, one per file."""

from __future__ import annotations

from policies.checks import (
    databases_kept,
    databases_private,
    images_by_digest,
    namespace_restricted,
    production_available,
    real_time,
    secrets_not_written,
    state_protected,
    transport_encrypted,
)
from policies.stack import PolicyCheck

CHECKS: tuple[PolicyCheck, ...] = (
    databases_kept,
    databases_private,
    images_by_digest,
    namespace_restricted,
    production_available,
    real_time,
    secrets_not_written,
    state_protected,
    transport_encrypted,
)
"""Every check, in the order in which they run."""
