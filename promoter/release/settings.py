"""`ci/release/release.yml`: the images, files and hooks of an application's release."""

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml
from promoter.git import Git
from promoter.release.source import SourceTree
from promoter.release.version import BreakingBelowOne

SETTINGS_FILE = "ci/release/release.yml"

SourcePath = Annotated[str, StringConstraints(pattern=r"^[^/\x00][^\x00]*$")]


class Copy(StrictModel):
    """A file or folder of the repository, copied to an absolute path of the image."""

    source: SourcePath = Field(alias="from")
    target: str = Field(alias="to", pattern=r"^/[^\x00]*[^/\x00]$")


class VersionFile(Copy):
    """A .env file that carries the version: the only file that differs from build to build."""

    variable: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")


class ImageRecipe(StrictModel):
    """One image; ``pin`` is the key path of its digest in values.yaml (empty: not pinned)."""

    name: str = Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$")
    pin: str = ""
    copies: tuple[Copy, ...] = Field(alias="copy", min_length=1)
    version_file: VersionFile | None = None
    entrypoint: tuple[str, ...] = Field(min_length=1)
    user: str = "1000"
    port: int = Field(ge=1, le=65535)


class BuildArtifact(StrictModel):
    """A file of the released commit that the release offers for download."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    source: SourcePath = Field(alias="from")


class Hook(StrictModel):
    """A program that writes docs-site/ in the candidate's work tree; VERSION is set."""

    name: str
    run: tuple[str, ...] = Field(min_length=1)


class ChartSettings(StrictModel):
    """The chart that pins the images, and the Terraform folders that are copied into it."""

    folder: SourcePath
    terraform: tuple[SourcePath, ...] = ()


class ReleaseSettings(StrictModel):
    """The images, files and documentation of a release, and the address of the source.

    ``breaking_below_one`` is a breaking change's increment below 1.0.0 (cog itself: minor).
    """

    source: str = Field(pattern=r"^https://\S+$")
    images: tuple[ImageRecipe, ...] = Field(min_length=1)
    artifacts: tuple[BuildArtifact, ...] = ()
    hooks: tuple[Hook, ...] = ()
    chart: ChartSettings | None = None
    breaking_below_one: BreakingBelowOne = "major"


def read_settings(source: SourceTree) -> ReleaseSettings:
    """Return the settings in ``source``; raises `InvalidFile` naming place and reason."""
    return parse_settings(source.file(SETTINGS_FILE))


def breaking_rule(git: Git, revision: str) -> BreakingBelowOne:
    """Return ``breaking_below_one`` of ``revision``; ``major`` where it is not set."""
    content = git.file(revision, SETTINGS_FILE)
    return parse_settings(content).breaking_below_one if content else "major"


def parse_settings(content: bytes) -> ReleaseSettings:
    """Return the settings in ``content``; raises `InvalidFile`."""
    try:
        return ReleaseSettings.model_validate(read_yaml(content, SETTINGS_FILE))
    except ValidationError as error:
        raise InvalidFile.from_model(SETTINGS_FILE, error) from error
