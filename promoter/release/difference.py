"""Whether a release's image is its candidate's but for what names the version."""

from __future__ import annotations

import json
from typing import Any

from promoter.programs.oci import Layer, OciImage, files_in
from promoter.release.errors import ReleaseError
from promoter.release.images import VERSION
from promoter.release.settings import ImageRecipe


def require_same_but_version(
    candidate: OciImage[Layer], release: OciImage[Layer], recipe: ImageRecipe, version: str
) -> None:
    """Raise `ReleaseError` naming every path or setting that differs and may not.

    What may: the recipe's version file, and in the configuration the VERSION variable, the
    version label and the layers' digests that follow from them.
    """
    allowed = {recipe.version_file.target} if recipe.version_file else set()
    unexpected = sorted(_files(candidate, release) - allowed) + _settings(candidate, release)
    if unexpected:
        raise ReleaseError(
            f"release image {recipe.name} {version}: it differs from its candidate in"
            f" {', '.join(unexpected)}",
            next_step="make a new candidate of the commit; this one was built otherwise",
        )


def _files(candidate: OciImage[Layer], release: OciImage[Layer]) -> set[str]:
    one, other = files_in(candidate.layers), files_in(release.layers)
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def _settings(candidate: OciImage[Layer], release: OciImage[Layer]) -> list[str]:
    one, other = _comparable(candidate), _comparable(release)
    return sorted(
        f"configuration {name}"
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    )


def _comparable(image: OciImage[Layer]) -> dict[str, Any]:
    """The configuration without what names the version or follows from it."""
    said = json.loads(image.config.content)
    inner = said.pop("config", {})
    said.pop("rootfs", None)
    inner["Labels"] = {k: v for k, v in inner.get("Labels", {}).items() if k != VERSION}
    inner["Env"] = [one for one in inner.get("Env", []) if not one.startswith("VERSION=")]
    return {**said, **inner}
