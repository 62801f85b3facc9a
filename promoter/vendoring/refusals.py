"""Names and symlinks that are never vendored, whichever program fetched them."""

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
_SURROGATE = re.compile("[\ud800-\udfff]")
# ASCII without "git" in it cannot be .git in any disguise.
_HARMLESS = re.compile(r"(?:(?!git)[ -~])*", re.IGNORECASE)


def refuse_name(path: str) -> None:
    """Raise `UnsafeContent` unless ``path`` is a plain path inside a folder.

    git itself refuses most of these at checkout; a tree object can hold them nevertheless,
    and a later reader may be less careful than git.
    """
    problems = {
        "the path leaves its folder": _LEAVING.search(path),
        "the path has a .git in it": not _HARMLESS.fullmatch(path) and _has_git(path),
        "the name has a control character": _CONTROL.search(path),
        "the name is not UTF-8": _SURROGATE.search(path),
    }
    for problem, found in problems.items():
        if found:
            raise UnsafeContent(f"vendor {path!r}: {problem}")


def _has_git(path: str) -> bool:
    # Case-folding file systems, and those that drop format characters, read these as .git.
    visible = "".join(c for c in path if unicodedata.category(c) != "Cf").lower()
    return any(part.rstrip(". ") in (".git", "git~1") for part in visible.split("/"))


def refuse_links_out(folder: Path) -> None:
    """Raise `UnsafeContent` for a symlink below ``folder`` that leaves it or is dangling."""
    for path, entry in files_below(folder):
        if entry.is_symlink():
            _refuse_link_out(folder, path)


def _refuse_link_out(folder: Path, path: str) -> None:
    target = str((folder / path).readlink())
    next_step = "exclude it with excludePaths, or correct the chart"
    written = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    leaves = written.startswith("/") or written.split("/")[0] == ".."
    try:
        if leaves or not (folder / path).resolve(strict=True).is_relative_to(folder.resolve()):
            message = f"vendor {path}: it is a symlink out of the folder, to {target}"
            raise UnsafeContent(message, next_step=next_step)
    except (OSError, RuntimeError) as error:
        message = f"vendor {path}: it is a symlink to {target}, which is not vendored"
        raise UnsafeContent(message, next_step=next_step) from error


def refuse_linked_target(root: Path, path: str) -> None:
    """Raise `UnsafeContent` where ``path`` or a folder above it is a symlink."""
    if link := first_link(root, path):
        next_step = "replace it by a folder, or choose another path in vendir.yml"
        raise UnsafeContent(f"vendor into {path}: {link} is a symlink", next_step=next_step)


def first_link(root: Path, path: str) -> Path | None:
    """Return the first symlink between ``root`` and ``path`` below it, ``path`` included."""
    steps = accumulate(Path(path).parts, operator.truediv, initial=root)
    return next((step for step in steps if step != root and step.is_symlink()), None)
