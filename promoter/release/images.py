"""An application's images: built from a commit, reproducibly, pushed and compared.

A file that carries the version is a layer of its own, so a candidate and its release share
the layer of all other files.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import semver

from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.oci import Layer, OciImage
from promoter.programs.registry import Registry
from promoter.release.env_file import set_variable
from promoter.release.errors import ReleaseError
from promoter.release.settings import ImageRecipe, read_settings
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


def build(source: SourceTree, recipe: ImageRecipe, version: str, address: str) -> OciImage[Layer]:
    """Return the image of ``recipe`` from ``source``; the same arguments give the same digest.

    ``address`` is the source repository's, for the label. Raises `ReleaseError` for a missing file.
    """
    files: dict[str, SourceFile] = {}
    for copy in recipe.copies:
        for path, file in source.below(copy.source):
            files[f"{copy.target}/{path}" if path else copy.target] = file
    layers = [oci.layer(files)]
    if carrier := recipe.version_file:
        content = set_variable(source.file(carrier.source), carrier.variable, version)
        layers.append(oci.layer({carrier.target: SourceFile(content)}))
    labels = image_labels(source, recipe.name, version, address)
    config = _config(source, recipe, version, labels)
    return oci.image(layers, config, labels, created=labels[CREATED])


def image_labels(source: SourceTree, name: str, version: str, address: str) -> dict[str, str]:
    """Return the labels that lead from the image ``name`` to its commit of ``address``."""
    created = source.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {CREATED: created, REVISION: source.commit, SOURCE: address}
    return labels | {TITLE: name, VERSION: version}


def build_and_push_all(
    source: SourceTree, version: str, registry: Registry, tags: Sequence[str]
) -> tuple[Image, ...]:
    """Build the images of ``version`` that release.yml declares; push each as ``tags``.

    All of them are built before the first is pushed.
    """
    settings = read_settings(source)
    built = [(each, build(source, each, version, settings.source)) for each in settings.images]
    images = []
    for recipe, content in built:
        registry.push(recipe.name, content, tags)
        images.append(Image(recipe.name, registry.repository(recipe.name), content.digest))
    return tuple(images)


def require_same_but_version(
    candidate: OciImage[Layer], release: OciImage[Layer], recipe: ImageRecipe, version: str
) -> None:
    """Raise `ReleaseError` naming every path or setting of ``release`` that must not differ.

    The version file, variable and label may, and the layers' digests that follow from them.
    """
    carrier = {recipe.version_file.target} if recipe.version_file else set()
    paths = differing(oci.files_in(candidate.layers), oci.files_in(release.layers)) - carrier
    settings = differing(_comparable_config(candidate), _comparable_config(release))
    unexpected = sorted(paths) + [f"configuration {name}" for name in sorted(settings)]
    if unexpected:
        raise ReleaseError(
            f"release image {recipe.name} {version}: it differs from its candidate in"
            f" {', '.join(unexpected)}",
            next_step="make a new candidate of the commit; this one was built otherwise",
        )


def _config(
    source: SourceTree, recipe: ImageRecipe, version: str, labels: Mapping[str, str]
) -> dict[str, object]:
    return {
        "Entrypoint": list(recipe.entrypoint),
        "Env": [
            f"COMMITHASH={source.commit}",
            "HOST=0.0.0.0",  # inside its own network namespace
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            f"PORT={recipe.port}",
            *([f"VERSION={version}"] if recipe.rebuilt else []),
        ],
        "ExposedPorts": {f"{recipe.port}/tcp": {}},
        "Labels": labels,
        "User": recipe.user,
    }


def differing(candidate: Mapping[str, Any], release: Mapping[str, Any]) -> set[str]:
    """Return the keys whose values differ, or that only one of them has."""
    keys = candidate.keys() | release.keys()
    return {key for key in keys if candidate.get(key) != release.get(key)}


def _comparable_config(image: OciImage[Layer]) -> dict[str, Any]:
    """Return the configuration without the version and the layers' digests."""
    document = json.loads(image.config.content)
    config = document.pop("config", {})
    document.pop("rootfs", None)
    config["Labels"] = {k: v for k, v in config.get("Labels", {}).items() if k != VERSION}
    config["Env"] = [v for v in config.get("Env", []) if not v.startswith("VERSION=")]
    return {**document, **config}
