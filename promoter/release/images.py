"""An application's images in their registries, and the labels that lead back to its commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import semver

from promoter.release.source import SourceTree

REVISION = "org.opencontainers.image.revision"
VERSION = "org.opencontainers.image.version"
SOURCE = "org.opencontainers.image.source"
TITLE = "org.opencontainers.image.title"
CREATED = "org.opencontainers.image.created"


@dataclass(frozen=True)
class Image:
    """An image in a registry: its name in the application, its repository and digest."""

    name: str
    repository: str
    digest: str

    @property
    def reference(self) -> str:
        """``<repository>@<digest>``."""
        return f"{self.repository}@{self.digest}"


@dataclass(frozen=True)
class VersionBuild:
    """A candidate or release: its version, its commit (40 hex digits), and its images.

    ``proofs`` are the comparisons that were made while it was built, one line each.
    """

    version: semver.Version
    commit: str
    images: tuple[Image, ...]
    proofs: tuple[str, ...] = field(default=(), compare=False)


def image_labels(source: SourceTree, name: str, version: str, address: str) -> dict[str, str]:
    """Return the labels that lead from the image ``name`` to its commit of ``address``."""
    created = source.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {CREATED: created, REVISION: source.commit, SOURCE: address}
    return labels | {TITLE: name, VERSION: version}


def differing(candidate: Mapping[str, Any], release: Mapping[str, Any]) -> set[str]:
    """Return the keys whose values differ, or that only one of them has."""
    keys = candidate.keys() | release.keys()
    return {key for key in keys if candidate.get(key) != release.get(key)}
