"""Builds an application's images from a commit, reproducibly, and pushes them.

Two layers where a file carries the version: what is copied, and that file. A candidate and
its release so share the first layer, bit by bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.registry import Registry
from promoter.release.envfile import set_variable
from promoter.release.settings import ImageRecipe, ReleaseSettings, read_settings
from promoter.release.source import SourceTree

REVISION = "org.opencontainers.image.revision"
VERSION = "org.opencontainers.image.version"
SOURCE = "org.opencontainers.image.source"
TITLE = "org.opencontainers.image.title"
CREATED = "org.opencontainers.image.created"


@dataclass(frozen=True)
class Image:
    """An image that a registry has: its name in the application, repository and digest."""

    name: str
    repository: str
    digest: str

    @property
    def reference(self) -> str:
        """``<repository>@<digest>``."""
        return f"{self.repository}@{self.digest}"


def build(
    source: SourceTree, recipe: ImageRecipe, version: str, address: str
) -> oci.OciImage[oci.Layer]:
    """The image of ``recipe`` from ``source``; the same arguments give the same digest.

    ``address`` is the repository's public address, for the label. Raises `ReleaseError`
    where the recipe names a file that the source lacks.
    """
    layers = [oci.layer(_copied(source, recipe))]
    if recipe.version_file:
        content = versioned_file(source, recipe, version)
        layers.append(oci.layer({recipe.version_file.target: SourceFile(content)}))
    created = source.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {
        CREATED: created,
        REVISION: source.commit,
        SOURCE: address,
        TITLE: recipe.name,
        VERSION: version,
    }
    config = _config(source, recipe, version, labels)
    return oci.image(layers, config, labels, created=created)


def build_and_push(
    source: SourceTree,
    settings: ReleaseSettings,
    name: str,
    version: str,
    registry: Registry,
    tags: Sequence[str] = (),
) -> Image:
    """Build image ``name`` and push it as ``version`` and as each of ``tags``."""
    built = build(source, settings.image(name), version, settings.source)
    registry.push(name, built, [version, *tags])
    return Image(name, registry.repository(name), built.digest)


def build_and_push_all(
    source: SourceTree, version: str, registry: Registry, tags: Sequence[str] = ()
) -> tuple[Image, ...]:
    """Build and push every image that the source's release.yml declares, in its order."""
    settings = read_settings(source)
    return tuple(
        build_and_push(source, settings, recipe.name, version, registry, tags)
        for recipe in settings.images
    )


def versioned_file(source: SourceTree, recipe: ImageRecipe, version: str) -> bytes:
    """The recipe's version file as it is in the image: the version set, all else kept."""
    if recipe.version_file is None:
        return b""
    return set_variable(
        source.file(recipe.version_file.source), recipe.version_file.variable, version
    )


def _copied(source: SourceTree, recipe: ImageRecipe) -> dict[str, SourceFile]:
    files: dict[str, SourceFile] = {}
    for copy in recipe.copies:
        for below, file in source.below(copy.source):
            files[f"{copy.target}/{below}" if below else copy.target] = file
    return files


def _config(
    source: SourceTree, recipe: ImageRecipe, version: str, labels: Mapping[str, str]
) -> dict[str, object]:
    variables = {
        "COMMITHASH": source.commit,
        "HOST": "0.0.0.0",  # noqa: S104 - inside its own network namespace
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PORT": str(recipe.port),
        "VERSION": version,
    }
    return {
        "Entrypoint": list(recipe.entrypoint),
        "Env": [f"{name}={value}" for name, value in sorted(variables.items())],
        "ExposedPorts": {f"{recipe.port}/tcp": {}},
        "Labels": labels,
        "User": recipe.user,
    }
