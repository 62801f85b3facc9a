"""vendir.yml as records: vendir's own format, the git source only.

The format is vendir's ``vendir.k14s.io/v1alpha1`` ``Config``
(https://carvel.dev/vendir/docs/latest/vendir-spec/). vendir ignores keys that it does not
know; here an unknown one is an error, since a misspelt ``includePaths`` vendors everything.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from promoter.errors import InvalidFile, UsageError
from promoter.vendoring.yamlfile import Document, documents

API_VERSION = "vendir.k14s.io/v1alpha1"
CONFIG_NAME = "vendir.yml"

# vendir's other sources; only git is implemented without vendir.
OTHER_SOURCES = (
    "hg",
    "http",
    "image",
    "imgpkgBundle",
    "githubRelease",
    "helmChart",
    "manual",
    "directory",
    "inline",
)


def _inside(path: str) -> str:
    """``path`` cleaned; it has to stay below the folder that vendir.yml is in."""
    cleaned = posixpath.normpath(path) if path else ""
    parts = cleaned.split("/")
    if cleaned in ("", "/", "..") or cleaned.startswith("/") or ".." in parts:
        raise ValueError(f"{path!r} leaves the folder")
    if any(part.lower() == ".git" for part in parts):
        raise ValueError(f"{path!r} is inside .git")
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise ValueError(f"{path!r} has a control character")
    return cleaned


InsidePath = Annotated[str, AfterValidator(_inside)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GitSource(_Record):
    """Where the files come from: a repository and what of it (sha, tag or branch)."""

    url: str = Field(min_length=1)
    ref: str = Field(min_length=1)
    lfs_skip_smudge: bool = Field(False, alias="lfsSkipSmudge")
    skip_init_submodules: bool = Field(False, alias="skipInitSubmodules")
    depth: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _no_options(self) -> GitSource:
        for name, value in (("url", self.url), ("ref", self.ref)):
            if value.startswith("-"):
                raise ValueError(f"{name} starts with '-': {value!r}")
        return self


class Contents(_Record):
    """One vendored folder: its source and which of the source's files it takes."""

    path: InsidePath
    git: GitSource
    lazy: bool = False
    include_paths: tuple[str, ...] = Field((), alias="includePaths", strict=False)
    exclude_paths: tuple[str, ...] = Field((), alias="excludePaths", strict=False)
    ignore_paths: tuple[str, ...] = Field((), alias="ignorePaths", strict=False)
    legal_paths: tuple[str, ...] | None = Field(None, alias="legalPaths", strict=False)
    new_root_path: str = Field("", alias="newRootPath")
    permissions: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _only_git(cls, given: Any) -> Any:
        for source in OTHER_SOURCES:
            if isinstance(given, dict) and source in given:
                raise ValueError(
                    f"source {source!r} needs the program vendir; here only git is read"
                )
        return given

    @model_validator(mode="after")
    def _root_inside(self) -> Contents:
        if self.new_root_path:
            _inside(self.new_root_path)
        return self


class Directory(_Record):
    """A folder that belongs to vendir whole: what is not in ``contents`` is removed."""

    path: InsidePath
    contents: tuple[Contents, ...] = Field((), strict=False)
    permissions: int | None = None

    @model_validator(mode="after")
    def _apart(self) -> Directory:
        if self.path == ".":
            raise ValueError("path must not be the whole folder")
        _check_apart([content.path for content in self.contents])
        return self


class Config(_Record):
    """All of vendir.yml."""

    api_version: Literal["vendir.k14s.io/v1alpha1"] = Field(alias="apiVersion")
    kind: Literal["Config"]
    minimum_required_version: str = Field("", alias="minimumRequiredVersion")
    directories: tuple[Directory, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _apart(self) -> Config:
        _check_apart([directory.path for directory in self.directories])
        return self

    def order(self) -> list[tuple[str, list[str]]]:
        """The directories' paths with their contents' paths, in the file's order."""
        return [(one.path, [found.path for found in one.contents]) for one in self.directories]

    def dependencies(self) -> Iterator[Dependency]:
        """Every content with its place in the file."""
        for number, directory in enumerate(self.directories):
            for index, contents in enumerate(directory.contents):
                yield Dependency(directory, contents, number, index)


def _check_apart(paths: list[str]) -> None:
    for one in paths:
        for other in paths:
            if one is not other and (one == "." or f"{other}/".startswith(f"{one}/")):
                raise ValueError(f"paths overlap: {other!r} and {one!r}")


class Dependency:
    """One content of one directory, and how it is named on the command line."""

    def __init__(self, directory: Directory, contents: Contents, number: int, index: int) -> None:
        self.directory = directory
        self.contents = contents
        self.place: tuple[str | int, ...] = ("directories", number, "contents", index)

    @property
    def path(self) -> str:
        """Where its files are, relative to vendir.yml."""
        return posixpath.normpath(posixpath.join(self.directory.path, self.contents.path))

    @property
    def name(self) -> str:
        """The last component of its path; what ``DEP=`` says."""
        return posixpath.basename(self.path)

    def answers_to(self, name: str) -> bool:
        """Whether ``name`` means this one: its name, its path, or its only-content folder."""
        alone = len(self.directory.contents) == 1
        return name in (self.name, self.path) or (
            alone and name == posixpath.basename(self.directory.path)
        )


def find_dependency(config: Config, name: str) -> Dependency:
    """The one dependency that ``name`` means; raises `UsageError` for none or several."""
    known = list(config.dependencies())
    exact = [dependency for dependency in known if dependency.path == name]
    found = exact or [dependency for dependency in known if dependency.answers_to(name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(dependency.path for dependency in (found or known))) or "none"
    problem = "several have that name" if found else "vendir.yml has no such dependency"
    raise UsageError(f"find dependency {name!r}: {problem} ({names})", next_step="name its path")


def read_config(file: Path) -> Config:
    """The records of ``file``; raises `InvalidFile` naming key and reason."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidFile(str(file), "", error.strerror or str(error)) from error
    return parse_config(content, file.name)


def parse_config(content: bytes, name: str = "vendir.yml") -> Config:
    """The records of vendir.yml's bytes; ``name`` is what errors call the file."""
    return _validated(config_document(content, name), name)


def config_document(content: bytes, name: str = "vendir.yml") -> Document:
    """The one ``Config`` document of ``content``; others (Secret, ConfigMap) are refused."""
    found = documents(content, name)
    for document in found:
        kind = document.value.get("kind") if isinstance(document.value, dict) else None
        if kind != "Config":
            raise InvalidFile(name, "kind", f"{kind!r} where only one Config is read")
    if len(found) != 1:
        raise InvalidFile(name, "", f"{len(found)} documents where one Config is expected")
    return found[0]


def _validated(document: Document, name: str) -> Config:
    try:
        return Config.model_validate(document.value)
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        )
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise InvalidFile(name, place.lstrip("."), reason) from error
