"""Names and symlinks that are never vendored, whichever program fetched them."""

from __future__ import annotations

import operator
import posixpath
import re
import unicodedata
from itertools import accumulate
from pathlib import Path

from promoter.vendoring.errors import UnsafeContent
from promoter.vendoring.folders import files_below

_LEAVING = re.compile(r"(^|/)\.{0,2}(/|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# ASCII without "git" in it cannot be .git in any disguise.
_HARMLESS = re.compile(r"(?:(?!git)[ -~])*", re.IGNORECASE)


def refuse_name(path: str) -> None:
    """Raise `UnsafeContent` unless ``path`` is a plain path inside a folder.

    git itself refuses most of these at checkout; a tree object can hold them nevertheless,
    and a later reader may be less careful than git.
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
    # Case-folding file systems, and those that drop format characters, read these as .git.
    visible = "".join(c for c in part if unicodedata.category(c) != "Cf").lower()
    return visible.rstrip(". ") in (".git", "git~1")


def refuse_links_out(folder: Path) -> None:
    """Raise `UnsafeContent` for a symlink below ``folder`` that leaves it or is dangling."""
    inside = folder.resolve()
    for path, entry in files_below(folder):
        if entry.is_symlink():
            _refuse_link_out(folder / path, path, inside)


def _refuse_link_out(link: Path, path: str, inside: Path) -> None:
    target = str(link.readlink())
    leaves = UnsafeContent(
        f"vendor {path}: it is a symlink out of the folder, to {target}",
        next_step="exclude it with excludePaths, or correct the chart",
    )
    written = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if written.startswith("/") or written.split("/")[0] == "..":
        raise leaves
    try:
        resolved = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UnsafeContent(
            f"vendor {path}: it is a symlink to {target}, which is not vendored",
            next_step=leaves.next_step,
        ) from error
    if not resolved.is_relative_to(inside):
        raise leaves


def refuse_linked_target(root: Path, path: str) -> None:
    """Raise `UnsafeContent` where ``path`` or a folder above it is a symlink."""
    if link := first_link(root, path):
        raise UnsafeContent(
            f"vendor into {path}: {link} is a symlink",
            next_step="replace it by a folder, or choose another path in vendir.yml",
        )


def first_link(root: Path, path: str) -> Path | None:
    """Return the first symlink between ``root`` and ``path`` below it, ``path`` included."""
    steps = accumulate(Path(path).parts, operator.truediv, initial=root)
    return next((step for step in steps if step != root and step.is_symlink()), None)
