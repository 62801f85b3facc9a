"""One content, fetched and checked in a staging folder; nothing outside of it changes."""

from __future__ import annotations

import operator
import posixpath
import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from promoter.common.errors import GitError
from promoter.git import is_full_id
from promoter.vendoring.config import Contents
from promoter.vendoring.errors import UnsafeContent, VendorError
from promoter.vendoring.folders import files_below
from promoter.vendoring.git_source import (
    Fetched,
    Locked,
    fetch_alone,
    fetched,
    unfiltered,
)
from promoter.vendoring.globs import glob
from promoter.vendoring.selection import SUBMODULE, SelectedEntry, check_name, select


class Fetcher(Protocol):
    """Writes what a content takes of its source; ours, or the program vendir."""

    def fetch(self, contents: Contents, ref: str, target: Path, stage: Path) -> Locked:
        """Write the files at ``ref`` to ``target``, which is not there yet but its parent is.

        ``stage`` is an empty folder for what is needed in between. Raises `VendorError`.
        """
        ...


class GitFetcher:
    """Our own implementation of vendir's git source."""

    def fetch(self, contents: Contents, ref: str, target: Path, stage: Path) -> Locked:
        """See `Fetcher`."""
        tree = stage / "tree"
        with ThreadPoolExecutor(1) as beside:
            # A full id says what to fetch before the history has said that it is reachable.
            early = beside.submit(_early, contents, ref, stage) if is_full_id(ref) else None
            with fetched(contents.git, stage / "repository") as source:
                sha = source.resolve(ref)
                files = early or beside.submit(_write_selected, source, sha, contents, tree)
                try:
                    found = source.lock(sha)
                    files.result()
                except GitError:
                    # Not until nobody works in them any more are both made anew.
                    files.exception()
                    source = unfiltered(source) if source.filtered else source
                    _write_selected(source, sha, contents, tree)
                    found = source.lock(sha)
                _move(tree, contents, target)
        return found


def _early(contents: Contents, sha: str, stage: Path) -> None:
    source = fetch_alone(contents.git, sha, stage / "commit")
    _write_selected(source, sha, contents, stage / "tree")


def place(
    fetcher: Fetcher, contents: Contents, ref: str, current: Path, target: Path, stage: Path
) -> Locked:
    """Make ``target`` what ``contents`` says at ``ref``; ``current`` is its folder of now.

    Raises `UnsafeContent` for what must not be vendored, whoever fetched it.
    """
    stage.mkdir(exist_ok=True)
    locked = fetcher.fetch(contents, ref, target, stage)
    shutil.rmtree(stage, ignore_errors=True)
    for path, _ in files_below(target):
        check_name(path)
    _keep_ignored(contents, current, target)
    if contents.permissions is not None:
        target.chmod(contents.permissions)
    return locked


def _write_selected(source: Fetched, sha: str, contents: Contents, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    # vendir's temporary clone has this mode, which the content keeps without newRootPath.
    tree.mkdir(mode=0o700)
    entries = source.entries(sha)
    kept = select(entries, contents)
    attributes = _attributes(entries, kept)
    source.write([*kept, *attributes], tree)
    for entry in attributes:
        _remove(tree, entry.path)


def _attributes(entries: list[SelectedEntry], kept: list[SelectedEntry]) -> list[SelectedEntry]:
    """The .gitattributes that shape the kept files without being among them."""
    chosen = {entry.path for entry in kept}
    found = [entry for entry in entries if entry.path.rpartition("/")[2] == ".gitattributes"]
    return [entry for entry in found if entry.path not in chosen and entry.mode != SUBMODULE]


def _remove(tree: Path, path: str) -> None:
    (tree / path).unlink(missing_ok=True)
    for parent in (tree / path).parents:
        if parent == tree or any(parent.iterdir()):
            return
        parent.rmdir()


def _move(tree: Path, contents: Contents, target: Path) -> None:
    origin = tree / contents.root
    if origin.is_symlink() or not origin.is_dir():
        raise VendorError(
            f"change root of {contents.path}: {contents.new_root_path!r} is no folder",
            next_step="correct newRootPath in vendir.yml",
        )
    origin.rename(target)


def _keep_ignored(contents: Contents, current: Path, target: Path) -> None:
    """Files that match ``ignorePaths`` survive in the folder, over what was fetched."""
    patterns = [glob(pattern) for pattern in contents.ignore_paths]
    for path, _ in files_below(current) if patterns else ():
        if any(pattern.matches(path) for pattern in patterns):
            _keep(current / path, target, path)


def _keep(file: Path, target: Path, path: str) -> None:
    kept = target / path
    # A link that was fetched may lead anywhere, and writing follows it.
    if link := _first_link(target, path):
        raise _cannot_keep(path, f"the source has a symlink there, {link.relative_to(target)}")
    if not file.is_file():
        raise _cannot_keep(path, "it is a symlink that leads to no file")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept.write_bytes(file.read_bytes())
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise _cannot_keep(path, "one is a file where the other has a folder") from error


def _cannot_keep(path: str, why: str) -> UnsafeContent:
    return UnsafeContent(
        f"keep {path}: {why}",
        next_step="move it away, or take it out of ignorePaths in vendir.yml",
    )


def check_links(folder: Path) -> None:
    """Raise `UnsafeContent` for a symlink below ``folder`` that leaves it or leads nowhere."""
    inside = folder.resolve()
    for path, entry in files_below(folder):
        if entry.is_symlink():
            _check_link(folder / path, path, inside)


def _check_link(link: Path, shown: str, inside: Path) -> None:
    destination = str(link.readlink())
    out = UnsafeContent(
        f"vendor {shown}: it is a symlink out of the folder, to {destination}",
        next_step="leave it out with excludePaths, or mend the chart",
    )
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(shown), destination))
    if meant.startswith("/") or meant.split("/")[0] == "..":
        raise out
    try:
        resolved = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UnsafeContent(
            f"vendor {shown}: it is a symlink to {destination}, which is not vendored",
            next_step=out.next_step,
        ) from error
    if not resolved.is_relative_to(inside):
        raise out


def refuse_links(root: Path, path: str) -> None:
    """Raise `UnsafeContent` where ``path`` or a folder above it is a symlink."""
    if link := _first_link(root, path):
        raise UnsafeContent(
            f"vendor into {path}: {link} is a symlink",
            next_step="make it a folder, or choose another path in vendir.yml",
        )


def _first_link(root: Path, path: str) -> Path | None:
    """The first symlink on the way from ``root`` to ``path`` below it, that included."""
    way = accumulate(Path(path).parts, operator.truediv, initial=root)
    return next((place_ for place_ in way if place_ != root and place_.is_symlink()), None)
