"""The digests of base images, looked up where the Dockerfiles' names lead."""

from collections.abc import Callable, Mapping
from pathlib import Path

from promoter.programs.registry import ImageLookup
from promoter.release.dockerfile import canonical_name

Lookup = Callable[[str], str | None]
"""Return the digest of a base image as a Dockerfile names it, None where it is not found."""


def base_lookup(crane: Path, mirrors: Mapping[str, str]) -> Lookup:
    """Return a lookup in the images' own registries, or in their mirrors."""
    images = ImageLookup(crane, mirrors)

    def lookup(base: str) -> str | None:
        tag = base.rpartition("/")[2].partition(":")[2] or "latest"
        registry, name, tag = images.locate(f"{canonical_name(base)}:{tag}")
        return registry.digest(name, tag)

    return lookup
