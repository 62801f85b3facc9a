"""Placeholders of a sample's images: files that are copied, by ``upstream/placeholders``.

They need no compiler, builder or base image, and the same files give the same digest on every
machine. A file that carries the version is a layer of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import Field

from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.oci import Layer, OciImage
from promoter.release.env_file import set_variable
from promoter.release.images import CREATED, image_labels
from promoter.release.settings import ImagePath, SourcePath, Variable
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.upstream import export

RECIPES = "images.yml"


class Copy(StrictModel):
    """A file or folder of the sample, copied to an absolute path of the image."""

    source: SourcePath = Field(alias="from")
    target: ImagePath = Field(alias="to")


class VersionFile(Copy):
    """A .env file that carries the version."""

    variable: Variable


class Placeholder(StrictModel):
    """The placeholder of one image; the version is in ``version_file`` or in a variable, if any."""

    name: str
    copies: tuple[Copy, ...] = Field(alias="copy")
    version_file: VersionFile | None = None
    version_variable: Variable | None = None
    entrypoint: tuple[str, ...]
    user: str
    port: int


class _Recipes(StrictModel):
    images: tuple[Placeholder, ...]


@dataclass(frozen=True)
class Placeholders:
    """The placeholders of one application, and the ``files`` that its sample does not have."""

    recipes: tuple[Placeholder, ...]
    files: Mapping[str, SourceFile] = field(repr=False)

    def images(self, source: SourceTree, version: str, address: str) -> dict[str, OciImage[Layer]]:
        """Return the images of ``version`` by name; labels name ``source`` and its ``address``.

        Raises `ReleaseError` for a missing file.
        """
        whole = replace(source, files={**source.files, **self.files})
        return {each.name: _image(whole, each, version, address) for each in self.recipes}


def read_placeholders(sample: Path) -> Placeholders:
    """Return the placeholders for the folder ``sample``, in ``placeholders/<name>`` next to it."""
    with TemporaryDirectory() as scratch:
        bare = Path(scratch) / "placeholders.git"
        commit = export(sample.parent / "placeholders" / sample.name, bare)
        source = source_of_commit(Git(bare), commit)
    recipes = _Recipes.model_validate(read_yaml(source.file(RECIPES), RECIPES))
    return Placeholders(recipes.images, source.files)


def _image(source: SourceTree, recipe: Placeholder, version: str, address: str) -> OciImage[Layer]:
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


def _config(
    source: SourceTree, recipe: Placeholder, version: str, labels: Mapping[str, str]
) -> dict[str, object]:
    return {
        "Entrypoint": list(recipe.entrypoint),
        "Env": [
            f"COMMITHASH={source.commit}",
            "HOST=0.0.0.0",  # inside its own network namespace
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            f"PORT={recipe.port}",
            *([f"{recipe.version_variable}={version}"] if recipe.version_variable else []),
        ],
        "ExposedPorts": {f"{recipe.port}/tcp": {}},
        "Labels": labels,
        "User": recipe.user,
    }
