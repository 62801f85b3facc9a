"""What a bump asks of an image registry."""

from __future__ import annotations

from typing import Protocol

MIRROR_VARIABLE = "PROMOTER_REGISTRY_MIRROR"
"""Which addresses are asked for a registry's images: ``gcr.io=127.0.0.1:5000,...``."""


class Images(Protocol):
    """A registry that can be asked whether an image is there."""

    def exists(self, reference: str) -> bool:
        """Whether ``reference`` (``registry/repository@sha256:...``) can be pulled."""
        ...
