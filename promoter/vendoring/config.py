"""vendir.yml as records: vendir's own format, with the git source only.

The format is vendir's ``vendir.k14s.io/v1alpha1`` ``Config``
(https://carvel.dev/vendir/docs/latest/vendir-spec/). vendir ignores unknown keys; here they
are errors, since a misspelt ``includePaths`` vendors everything.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from promoter.common.errors import InvalidFile, UsageError
from promoter.common.text import redact
from promoter.common.yaml_file import read_documents
from promoter.vendoring.fields import VendirFields

API_VERSION = "vendir.k14s.io/v1alpha1"
CONFIG_NAME = "vendir.yml"

# vendir's other sources; only git is implemented here.
_OTHER_SOURCES = (
    *("hg", "http", "image", "imgpkgBundle", "githubRelease"),
    *("helmChart", "manual", "directory", "inline"),
)
# Keys of the git source for secrets and signatures, which only vendir implements.
_OTHER_KEYS = (
    *("refSelection", "verification", "secretRef"),
    *("dangerousSkipTLSVerify", "forceHTTPBasicAuth"),
)


@dataclass(frozen=True)
class GitSource:
    """The repository that the files come from, and a ref of it (sha, tag or branch)."""

    url: str
    ref: str
    lfs_skip_smudge: bool = False
    skip_init_submodules: bool = False
    depth: int = 0


@dataclass(frozen=True)
class Contents:
    """One vendored folder: its source, and the patterns that select the source's files.

    ``legal_paths`` is None for vendir's default; ``permissions`` are mode bits.
    ``new_root_path`` is kept as written: the lock of a lazy content is computed from it.
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
        """The folder of the source that becomes this one: ``a/b``, or empty for all of it."""
        cleaned = posixpath.normpath(self.new_root_path or ".")
        return "" if cleaned == "." else cleaned


@dataclass(frozen=True)
class Directory:
    """A folder that vendir owns completely: files that are not in ``contents`` are removed."""

    path: str
    contents: tuple[Contents, ...] = ()
    permissions: int | None = None


@dataclass(frozen=True)
class Dependency:
    """One content of one directory, and its key path in the file."""

    directory: Directory
    contents: Contents
    place: tuple[str | int, ...]

    @property
    def path(self) -> str:
        """The folder of its files, relative to vendir.yml."""
        return posixpath.normpath(posixpath.join(self.directory.path, self.contents.path))

    @property
    def name(self) -> str:
        """The last component of its path, as ``DEP=`` names it."""
        return posixpath.basename(self.path)

    def has_name(self, name: str) -> bool:
        """Return whether ``name`` is its name, or its directory's if it is the only content."""
        alone = len(self.directory.contents) == 1
        return name == self.name or (alone and name == posixpath.basename(self.directory.path))


@dataclass(frozen=True)
class VendirConfig:
    """All of vendir.yml."""

    directories: tuple[Directory, ...]

    def dependencies(self) -> Iterator[Dependency]:
        """Yield every content with its key path in the file."""
        for number, directory in enumerate(self.directories):
            for index, contents in enumerate(directory.contents):
                place = ("directories", number, "contents", index)
                yield Dependency(directory, contents, place)


def find_dependency(config: VendirConfig, name: str) -> Dependency:
    """Return the one dependency of that name; raise `UsageError` for none or several."""
    known = list(config.dependencies())
    exact = [each for each in known if each.path == name]
    found = exact or [each for each in known if each.has_name(name)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(sorted(each.path for each in found or known)) or "none"
    problem = "several have that name" if found else f"{CONFIG_NAME} has no such dependency"
    raise UsageError(f"find dependency {name!r}: {problem} ({names})", next_step="use its path")


def read_config(file: Path) -> VendirConfig:
    """Return the records of ``file``; raise `InvalidFile` naming key and reason."""
    try:
        content = file.read_bytes()
    except OSError as error:
        reason, next_step = error.strerror or str(error), "run it in the folder of vendir.yml"
        raise InvalidFile(str(file), "", reason, next_step=next_step) from error
    return parse_config(content, file.name)


def parse_config(content: bytes, name: str = CONFIG_NAME) -> VendirConfig:
    """Return the records of vendir.yml's bytes; errors use ``name`` for the file."""
    values = read_documents(content, name)
    # vendir also reads Secret and ConfigMap.
    for value in values:
        kind = value.get("kind") if isinstance(value, dict) else None
        if kind != "Config":
            raise InvalidFile(name, "kind", f"is {kind!r}, where only one Config is read")
    if len(values) != 1:
        raise InvalidFile(name, "", f"has {len(values)} documents where one Config is expected")
    fields = VendirFields(values[0], name)
    if (version := fields.text("apiVersion")) != API_VERSION:
        raise fields.invalid("apiVersion", f"is {version!r}; {API_VERSION!r} is read here")
    fields.text("kind")
    fields.text("minimumRequiredVersion", "")
    directories = tuple(_directory(each) for each in fields.maps("directories"))
    fields.done()
    _check_apart([each.path for each in directories], fields, "directories")
    return VendirConfig(directories)


def _directory(fields: VendirFields) -> Directory:
    directory = Directory(
        path=_cleaned(fields, "path", fields.text("path")),
        contents=tuple(_contents(each) for each in fields.maps("contents")),
        permissions=fields.number("permissions", None),
    )
    fields.done()
    if directory.path == ".":
        raise fields.invalid("path", "must not be the whole folder")
    _check_apart([each.path for each in directory.contents], fields, "contents")
    return directory


def _contents(fields: VendirFields) -> Contents:
    path = _cleaned(fields, "path", fields.text("path"))
    for source in _OTHER_SOURCES:
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


def _git(fields: VendirFields) -> GitSource:
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
        # git would read it as an option.
        if value.startswith("-"):
            raise fields.invalid(key, f"{value!r} starts with '-'")
    if redact(source.url) != source.url:
        # git passes an address on as an argument, which every user of the machine can read.
        raise fields.invalid(
            "url", "has a password or token in it; use git's credential helper or ssh instead"
        )
    return source


def _cleaned(fields: VendirFields, key: str, path: str) -> str:
    """Return ``path`` without ``./`` and ``//``; it must stay below the folder of vendir.yml."""
    cleaned = posixpath.normpath(path)
    if cleaned.startswith("/") or ".." in cleaned.split("/"):
        raise fields.invalid(key, f"{path!r} leaves the folder")
    if ".git" in cleaned.lower().split("/"):
        raise fields.invalid(key, f"{path!r} is inside .git")
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise fields.invalid(key, f"{path!r} has a control character")
    return cleaned


def _check_apart(paths: list[str], fields: VendirFields, key: str) -> None:
    for path, other in permutations(paths, 2):
        if path == "." or f"{other}/".startswith(f"{path}/"):
            raise fields.invalid(key, f"paths overlap: {other!r} and {path!r}")
