"""What commits are made of: objects, folders' entries, and a commit's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_BLOBS = frozenset({"100644", "100664", "100755", "120000"})
_FOLDER = "40000"
_SPACE = " \t\n\v\f\r"
_RUN = re.compile(r"[ \t\n\v\f\r]+")
_PARAGRAPH_END = re.compile(r"\n(?:[ \t\v\f\r]*(?:\n|\Z))")

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The id of the tree without entries; git knows it without having it."""


class Object(NamedTuple):
    """One object of the repository."""

    kind: str
    id: str
    content: bytes


class TreeEntry(NamedTuple):
    """A file of a commit: its mode as git writes it and its blob's id."""

    mode: str
    blob: str


class About(NamedTuple):
    """What a commit says of itself: its tree, its parents, and its summary."""

    tree: str
    parents: tuple[str, ...]
    summary: str


class Tree(NamedTuple):
    """What lies directly in one folder of a commit, by name; submodules do not."""

    files: dict[str, TreeEntry]
    folders: dict[str, str]


def decode(raw: bytes) -> str:
    """A path as text; bytes that are no UTF-8 survive the way back."""
    return raw.decode("utf-8", "surrogateescape")


def entry_of(mode: str, blob: str) -> TreeEntry | None:
    """The entry of a file or a link, None for what is neither."""
    return TreeEntry(mode, blob) if mode in _BLOBS else None


def folder_of(content: bytes) -> Tree:
    """The folder that a tree object describes."""
    found = Tree({}, {})
    for mode, name, id_ in _entries(content):
        if mode == _FOLDER:
            found.folders[name] = id_
        elif mode in _BLOBS:
            found.files[name] = TreeEntry(mode, id_)
    return found


def about(content: bytes) -> About:
    """What a commit object says."""
    headers = content.partition(b"\n\n")[0].decode("ascii", "replace").split("\n")
    parents = tuple(line[7:] for line in headers if line.startswith("parent "))
    return About(headers[0][5:], parents, summary(message(content)))


def message(content: bytes) -> str:
    """The message in a commit object, less the empty lines before it."""
    headers, _, text = content.partition(b"\n\n")
    encoding = re.search(rb"^encoding (\S+)$", headers, re.MULTILINE)
    name = encoding[1].decode("ascii", "replace") if encoding else "utf-8"
    for attempt in ("utf-8", name):
        try:
            return text.decode(attempt).lstrip("\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return text.decode("latin-1").lstrip("\n")


def summary(text: str) -> str:
    """A message's first paragraph on one line, as libgit2 folds it."""
    end = _PARAGRAPH_END.search(text)
    paragraph = (text[: end.start()] if end else text).rstrip(_SPACE)
    return _RUN.sub(lambda run: " " if "\n" in run[0] else run[0], paragraph)


def _entries(content: bytes) -> Iterator[tuple[str, str, str]]:
    position = 0
    while position < len(content):
        end = content.index(b"\0", position)
        mode, _, name = content[position:end].partition(b" ")
        position = end + 21
        yield mode.decode("ascii"), decode(name), content[end + 1 : position].hex()


@dataclass(frozen=True)
class SourceFile:
    """One file: its bytes (a symlink's target), and whether it is executable or a symlink."""

    content: bytes
    executable: bool = False
    symlink: bool = False
