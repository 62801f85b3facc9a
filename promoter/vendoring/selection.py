"""Which files of a commit a content takes, and which names are refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from promoter.vendoring.config import Contents
from promoter.vendoring.errors import UnsafeContent, VendorError
from promoter.vendoring.globs import glob

# Kept whatever includePaths says, unless legalPaths says otherwise: a fact of vendir's
# configuration (DefaultLegalPaths), as its documentation lists them.
LEGAL_PATHS = (
    "{LICENSE,LICENCE,License,Licence}{,.md,.txt,.rst}",
    "{COPYRIGHT,Copyright}{,.md,.txt,.rst}",
    "{NOTICE,Notice}{,.md,.txt,.rst}",
)

_LEAVING = re.compile(r"(^|/)\.{0,2}(/|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# ASCII without "git" in it cannot be .git in any disguise.
_HARMLESS = re.compile(r"(?:(?!git)[ -~])*", re.IGNORECASE)
SYMLINK, SUBMODULE = "120000", "160000"


@dataclass(frozen=True)
class SelectedEntry:
    """One entry of a commit's tree: git's mode, the object id, the path from the root."""

    mode: str
    object_id: str
    path: str


def path_filter(contents: Contents) -> Callable[[str], bool]:
    """Whether a path is taken: included and not excluded, or legal."""
    included = [glob(pattern) for pattern in contents.include_paths]
    excluded = [glob(pattern) for pattern in contents.exclude_paths]
    legal_paths = LEGAL_PATHS if contents.legal_paths is None else contents.legal_paths
    legal = [glob(pattern) for pattern in legal_paths]

    def takes(path: str) -> bool:
        taken = not included or any(one.matches(path) for one in included)
        if taken and any(one.matches(path) for one in excluded):
            taken = False
        return taken or any(one.matches(path) for one in legal)

    return takes


def select(entries: Iterable[SelectedEntry], contents: Contents) -> list[SelectedEntry]:
    """The files that end up in the vendored folder, below ``newRootPath`` where there is one.

    Raises `UnsafeContent` for a name that must not be written, and `VendorError` when
    nothing is left (vendir: "Expected to find at least one file within directory") or a
    submodule would have to be followed.
    """
    takes = path_filter(contents)
    everything = list(entries)
    submodules = [entry for entry in everything if entry.mode == SUBMODULE]
    chosen = [entry for entry in everything if entry.mode != SUBMODULE and takes(entry.path)]
    if not chosen:
        raise VendorError(
            f"select files for {contents.path}: no file of {contents.git.url} matches",
            next_step="correct includePaths and excludePaths in vendir.yml",
        )
    below = f"{contents.root}/" if contents.root else ""
    kept = [entry for entry in chosen if entry.path.startswith(below)]
    if not kept:
        raise VendorError(
            f"select files for {contents.path}: newRootPath {contents.new_root_path!r} has none",
            next_step="correct newRootPath in vendir.yml; is the chart's folder still there?",
        )
    _refuse_submodules(submodules, contents, below)
    for entry in kept:
        check_name(entry.path)
    return kept


def _refuse_submodules(submodules: list[SelectedEntry], contents: Contents, below: str) -> None:
    if contents.git.skip_init_submodules:
        return
    for entry in submodules:
        folder = f"{entry.path}/"
        if folder.startswith(below) or below.startswith(folder):
            raise VendorError(
                f"select files for {contents.path}: {entry.path} is a submodule",
                next_step="set git.skipInitSubmodules: true in vendir.yml to leave it out",
            )


def check_name(path: str) -> None:
    """Raise `UnsafeContent` unless ``path`` is a plain path inside a folder.

    git itself refuses most of these when it checks out; a tree object can hold them
    nevertheless, and a later reader need not be as careful as git.
    """
    if _LEAVING.search(path):
        raise UnsafeContent(f"vendor {path!r}: the path leaves its folder")
    if not _HARMLESS.fullmatch(path) and any(_is_git(part) for part in path.split("/")):
        raise UnsafeContent(f"vendor {path!r}: the path has a .git in it")
    if _CONTROL.search(path):
        raise UnsafeContent(f"vendor {path!r}: the name has a control character")
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise UnsafeContent(f"vendor {path!r}: the name is not UTF-8") from error


def _is_git(part: str) -> bool:
    # What case-folding file systems (and those that drop such characters) take for .git.
    plain = "".join(c for c in part if unicodedata.category(c) != "Cf").lower()
    return plain.rstrip(". ") in (".git", "git~1")
