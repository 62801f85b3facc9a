"""`ci/release/release.yml`: the images, files and hooks of an application's release."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml
from promoter.git import Git
from promoter.release.cog import COG_FILE
from promoter.release.cog import SETTINGS_FILE as SETTINGS_FILE
from promoter.release.errors import ReleaseError
from promoter.release.source import SourceTree
from promoter.release.version import BreakingBelowOne

CLIFF_FILE = "ci/vendor/config/git-cliff.toml"
GITHUB_TOKEN = "{github_token}"  # noqa: S105 - a placeholder
"""The placeholder of an argument that is secret."""

_PLACEHOLDERS = {"version", "commit", "time"}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")

SourcePath = Annotated[str, StringConstraints(pattern=r"^[^/\x00][^\x00]*$")]
ImagePath = Annotated[str, StringConstraints(pattern=r"^/[^\x00]*[^/\x00]$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Address = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*$")]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class DockerfileRecipe(StrictModel):
    """The Dockerfiles of an image, and what enters their build.

    ``release`` defaults to ``candidate``. ``args`` and ``env_files`` (variables by .env file of
    the context's repository) may contain {version}, {commit} and {time}; an argument that is
    {github_token} and no more is secret;
    ``contains`` is where artifacts lie in the image.
    """

    candidate: SourcePath
    release: str = ""
    context: SourcePath = "."
    args: Mapping[Variable, str] = {}
    env_files: Mapping[SourcePath, Mapping[Variable, str]] = {}
    contains: Mapping[FileName, ImagePath] = {}

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        values = [value for value in self.args.values() if value != GITHUB_TOKEN]
        values += [v for each in self.env_files.values() for v in each.values()]
        for value in values:
            for part in _PLACEHOLDER.findall(value):
                if part == GITHUB_TOKEN:
                    raise ValueError(f"{GITHUB_TOKEN} is the whole value of an argument or nothing")
                if part[1:-1] not in _PLACEHOLDERS:
                    known = ", ".join(sorted(_PLACEHOLDERS))
                    raise ValueError(f"unknown placeholder {part} in {value}; known: {known}")
        return self

    def file(self, *, released: bool) -> str:
        """Return the Dockerfile of a release or of a candidate."""
        return (self.release if released else "") or self.candidate


class ImageRecipe(StrictModel):
    """One image, built by a Dockerfile or handed over by a pipeline that has built it.

    ``pin`` is the key path of its digest in values.yaml (empty: not pinned), ``registry`` where it
    is published (empty: where the others are). With ``rebuilt: false`` it carries no version, and
    the release has the candidate's image.
    """

    name: str = Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$")
    pin: str = ""
    registry: Address | None = None
    rebuilt: bool = True
    dockerfile: DockerfileRecipe

    @property
    def built_of(self) -> tuple[str, ...]:
        """The files and folders of the repository that a build of a candidate reads."""
        return (self.dockerfile.context, self.dockerfile.candidate)


class BuildArtifact(StrictModel):
    """A file that the release offers for download, given to the command (``--artifact``).

    It is placed at ``context`` of the repository before images are built.
    """

    name: FileName
    context: SourcePath | None = None


class Hook(StrictModel):
    """A program that writes docs-site/ in the candidate's work tree; VERSION is set."""

    name: str
    run: tuple[str, ...] = Field(min_length=1)


class ChangelogSettings(StrictModel):
    """git-cliff's configuration of CHANGELOG.md (null: its built-in one) and of the notes.

    Without ``notes`` the release notes are the section of CHANGELOG.md that was reviewed.
    """

    config: SourcePath | None = CLIFF_FILE
    notes: SourcePath | None = None


class ChartSettings(StrictModel):
    """The chart that pins the images, and the Terraform folders that are copied into it.

    ``migrations`` is the folder of the server's migrations, which the chart gets a list of.
    ``app_version`` is the version's key path in values.yaml (empty: it has none), and
    ``candidates`` may be pinned too. With ``short_commit`` METADATA has 7 digits of the commit.
    """

    folder: SourcePath
    terraform: tuple[SourcePath, ...] = ()
    migrations: SourcePath | None = None
    app_version: str = ""
    candidates: bool = False
    short_commit: bool = False

    def commit_ref(self, commit: str) -> str:
        """Return ``commit`` as METADATA has it."""
        return commit[:7] if self.short_commit else commit


class ReleaseSettings(StrictModel):
    """The images, files and documentation of a release, and the address of the source.

    ``registry`` is where images are published, ``bases`` has the digest of each base image as the
    Dockerfiles name it, ``cog`` is the path of cog.toml. ``breaking_below_one`` is a breaking
    change's increment below 1.0.0 (cog itself: minor).
    """

    source: str = Field(pattern=r"^https://\S+$")
    registry: Address | None = None
    images: tuple[ImageRecipe, ...] = Field(min_length=1)
    bases: Mapping[str, Digest] = {}
    artifacts: tuple[BuildArtifact, ...] = ()
    hooks: tuple[Hook, ...] = ()
    changelog: ChangelogSettings = ChangelogSettings()
    chart: ChartSettings | None = None
    cog: SourcePath = COG_FILE
    breaking_below_one: BreakingBelowOne = "major"

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [artifact.name for artifact in self.artifacts]
        for each in (names, [image.name for image in self.images]):
            if twice := [name for name in each if each.count(name) > 1]:
                raise ValueError(f"{twice[0]} is there twice")
        for image in self.images:
            for name in image.dockerfile.contains:
                if name not in names:
                    raise ValueError(f"image {image.name} contains {name}, which is no artifact")
        return self

    def published(self, name: str) -> str:
        """Return the repository of image ``name`` in its registry; its name if none is named."""
        return f"{self.registries().get(name, '')}/{name}".lstrip("/")

    def registries(self) -> dict[str, str]:
        """Return the registry of each image by its name, "" where none is named."""
        return {image.name: image.registry or self.registry or "" for image in self.images}


def read_settings(source: SourceTree) -> ReleaseSettings:
    """Return the settings in ``source``; raises `InvalidFile` naming place and reason."""
    return parse_settings(source.file(SETTINGS_FILE))


def settings_at(git: Git, commit: str) -> ReleaseSettings:
    """Return the settings of ``commit``; raises as `read_settings`."""
    if (content := git.file(commit, SETTINGS_FILE)) is None:
        raise ReleaseError(
            f"read {SETTINGS_FILE} in {commit[:12]}: no such file",
            next_step="promoter release init writes it",
        )
    return parse_settings(content)


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
