"""The supply chain's port: what vouches for an image, and who checks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from promoter.release.images import Image
from promoter.release.source import SourceTree


@dataclass(frozen=True)
class Vouched:
    """What a verified image's attestations say: the commit and version it was built from."""

    commit: str
    version: str


class SupplyChain(Protocol):
    """Signs images and attaches what is in them and how they were built; checks all that."""

    def vouch(self, image: Image, source: SourceTree, version: str, address: str) -> None:
        """Sign ``image`` and attach an SBOM and provenance, each unless it is there already."""
        ...

    def verify(self, image: Image, commit: str = "") -> Vouched:
        """What vouches for ``image``; raises `RegistryError` or `Unverified`.

        With ``commit`` its provenance has to name that commit.
        """
        ...
