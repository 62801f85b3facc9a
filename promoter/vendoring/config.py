"""vendir.yml as records: vendir's own format, the git source only.

The format is vendir's ``vendir.k14s.io/v1alpha1`` ``Config``
(https://carvel.dev/vendir/docs/latest/vendir-spec/). vendir ignores keys that it does not
know; here an unknown one is an error, since a misspelt ``includePaths`` vendors everything.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile, UsageError
from promoter.common.text import redact
from promoter.vendoring.fields import Fields
from promoter.vendoring.yamlfile import LocatedDocument, documents

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
# Keys of its git source that are about secrets and signatures, which stay with vendir.
_OTHER_KEYS = (
    "refSelection",
    "verification",
    "secretRef",
    "dangerousSkipTLSVerify",
    "forceHTTPBasicAuth",
)


@dataclass(frozen=True)
class GitSource:
    """Where the files come from: a repository, and what of it (sha, tag or branch)."""

    url: str
    ref: str
    lfs_skip_smudge: bool = False
    skip_init_submodules: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Contents:
    """One vendored folder: its source, and which of the source's files it takes.

    ``legal_paths`` is None where vendir's default holds; ``permissions`` are mode bits.
    ``new_root_path`` is as it is written, which the lock of a lazy content is made of.
    """

    path: str
    git: GitSource
    lazy: bool = False
    include_paths: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    ignore_paths: tuple[str, ...] = ()
    legal_paths: tuple[str, ...] | None = None
    new_root_path: str = ""
    permissions: int | None = None

    @property
    def root(self) -> str:
        """The source's folder that becomes this one: empty for all of it, else ``a/b``."""
        cleaned = posixpath.normpath(self.new_root_path or ".")
        return "" if cleaned == "." else cleaned


@dataclass(frozen=True)
class Directory:
    """A folder that belongs to vendir whole: what is not in ``contents`` is removed."""

    path: str
    contents: tuple[Contents, ...] = ()
    permissions: int | None = None


@dataclass(frozen=True)
class Dependency:
    """One content of one directory, and where it stands in the file."""

    directory: Directory
    contents: Contents
    place: tuple[str | int, ...]

    @property
    def path(self) -> str:
        """Where its files are, relative to vendir.yml."""
        return posixpath.normpath(posixpath.join(self.directory.path, self.contents.path))

    @property
    def name(self) -> str:
        """The last component of its path; what ``DEP=`` says."""
        return posixpath.basename(self.path)

    def answers_to(self, name: str) -> bool:
        """Whether ``name`` means it: its name, or its directory's where it is alone there."""
        alone = len(self.directory.contents) == 1
        return name == self.name or (alone and name == posixpath.basename(self.directory.path))


@dataclass(frozen=True)
class VendirConfig:
    """All of vendir.yml."""

    directories: tuple[Directory, ...]

    def order(self) -> list[tuple[str, list[str]]]:
        """The directories' paths with their contents' paths, in the file's order."""
        return [(one.path, [found.path for found in one.contents]) for one in self.directories]

    def dependencies(self) -> Iterator[Dependency]:
        """Every content with its place in the file."""
        for number, directory in enumerate(self.directories):
            for index, contents in enumerate(directory.contents):
                place = ("directories", number, "contents", index)
                yield Dependency(directory, contents, place)


def find_dependency(config: VendirConfig, name: str) -> Dependency:
    """The one dependency that ``name`` means; raises `UsageError` for none or several."""
    known = list(config.dependencies())
    exact = [dependency for dependency in known if dependency.path == name]
    found = exact or [dependency for dependency in known if dependency.answers_to(name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(dependency.path for dependency in (found or known))) or "none"
    problem = "several have that name" if found else f"{CONFIG_NAME} has no such dependency"
    raise UsageError(f"find dependency {name!r}: {problem} ({names})", next_step="name its path")


def read_config(file: Path) -> VendirConfig:
    """The records of ``file``; raises `InvalidFile` naming key and reason."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidFile(
            str(file), "", error.strerror or str(error), next_step="is this the right folder?"
        ) from error
    return parse_config(content, file.name)


def parse_config(content: bytes, name: str = CONFIG_NAME) -> VendirConfig:
    """The records of vendir.yml's bytes; ``name`` is what errors call the file."""
    fields = Fields(config_document(content, name).value, name)
    if (version := fields.text("apiVersion")) != API_VERSION:
        raise fields.invalid("apiVersion", f"is {version!r}; {API_VERSION!r} is read here")
    fields.text("kind")
    fields.text("minimumRequiredVersion", "")
    directories = tuple(_directory(one) for one in fields.maps("directories"))
    fields.done()
    _check_apart([one.path for one in directories], fields, "directories")
    return VendirConfig(directories)


def config_document(content: bytes, name: str = CONFIG_NAME) -> LocatedDocument:
    """The one ``Config`` document of ``content``; others (Secret, ConfigMap) are refused."""
    found = documents(content, name)
    for document in found:
        kind = document.value.get("kind") if isinstance(document.value, dict) else None
        if kind != "Config":
            raise InvalidFile(name, "kind", f"is {kind!r}, where only one Config is read")
    if len(found) != 1:
        raise InvalidFile(name, "", f"has {len(found)} documents where one Config is expected")
    return found[0]


def _directory(fields: Fields) -> Directory:
    directory = Directory(
        path=_inside(fields, "path"),
        contents=tuple(_contents(one) for one in fields.maps("contents")),
        permissions=fields.number("permissions", None),
    )
    fields.done()
    if directory.path == ".":
        raise fields.invalid("path", "must not be the whole folder")
    _check_apart([one.path for one in directory.contents], fields, "contents")
    return directory


def _contents(fields: Fields) -> Contents:
    path = _inside(fields, "path")
    for source in OTHER_SOURCES:
        if fields.has(source):
            raise fields.invalid(source, "is a source that only the program vendir fetches")
    new_root_path = fields.text("newRootPath", "")
    _cleaned(fields, "newRootPath", new_root_path)
    contents = Contents(
        path=path,
        git=_git(fields.map("git")),
        lazy=fields.flag("lazy"),
        include_paths=fields.texts("includePaths"),
        exclude_paths=fields.texts("excludePaths"),
        ignore_paths=fields.texts("ignorePaths"),
        legal_paths=fields.texts("legalPaths") if fields.has("legalPaths") else None,
        new_root_path=new_root_path,
        permissions=fields.number("permissions", None),
    )
    fields.done()
    return contents


def _git(fields: Fields) -> GitSource:
    for key in _OTHER_KEYS:
        if fields.has(key):
            raise fields.invalid(key, "is read only by the program vendir")
    source = GitSource(
        url=fields.text("url"),
        ref=fields.text("ref"),
        lfs_skip_smudge=fields.flag("lfsSkipSmudge"),
        skip_init_submodules=fields.flag("skipInitSubmodules"),
        depth=fields.number("depth", 0),
    )
    fields.done()
    for key, value in (("url", source.url), ("ref", source.ref)):
        # git would take it for an option.
        if value.startswith("-"):
            raise fields.invalid(key, f"{value!r} starts with '-'")
    if redact(source.url) != source.url:
        # Nor is git told: it hands an address on as an argument, which everybody can read.
        reason = "has a password or token in it; git's credential helper or ssh is the place"
        raise fields.invalid("url", reason)
    return source


def _inside(fields: Fields, key: str) -> str:
    return _cleaned(fields, key, fields.text(key))


def _cleaned(fields: Fields, key: str, path: str) -> str:
    """``path`` without ``./`` and ``//``; it has to stay below the folder of vendir.yml."""
    cleaned = posixpath.normpath(path)
    parts = cleaned.split("/")
    if cleaned.startswith("/") or ".." in parts:
        raise fields.invalid(key, f"{path!r} leaves the folder")
    if any(part.lower() == ".git" for part in parts):
        raise fields.invalid(key, f"{path!r} is inside .git")
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise fields.invalid(key, f"{path!r} has a control character")
    return cleaned


def _check_apart(paths: list[str], fields: Fields, key: str) -> None:
    for number, one in enumerate(paths):
        for other in paths[:number] + paths[number + 1 :]:
            if one == "." or f"{other}/".startswith(f"{one}/"):
                raise fields.invalid(key, f"paths overlap: {other!r} and {one!r}")
