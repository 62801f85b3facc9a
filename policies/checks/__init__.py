"""Our own checks, one per file."""

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

CHECKS: dict[str, PolicyCheck] = {
    "databases-kept": databases_kept.check,
    "databases-private": databases_private.check,
    "images-by-digest": images_by_digest.check,
    "namespace-restricted": namespace_restricted.check,
    "production-available": production_available.check,
    "real-time": real_time.check,
    "secrets-not-written": secrets_not_written.check,
    "state-protected": state_protected.check,
    "transport-encrypted": transport_encrypted.check,
}
"""Every check by its id, in the order in which they run."""
