"""Git objects, decoded."""

import re
from contextlib import suppress
from typing import NamedTuple

_BLOBS = frozenset({"100644", "100664", "100755", "120000"})
_FOLDER = "40000"
_SPACE = " \t\n\v\f\r"
_RUN = re.compile(r"[ \t\n\v\f\r]+")
_PARAGRAPH_END = re.compile(r"\n(?:[ \t\v\f\r]*(?:\n|\Z))")

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The id of the tree without entries; git knows it without having it."""


class TreeEntry(NamedTuple):
    """A file of a commit: its mode as git writes it (``100644``) and its blob's id."""

    mode: str
    blob: str

    @property
    def executable(self) -> bool:
        """True if the file is executable."""
        return self.mode == "100755"

    @property
    def symlink(self) -> bool:
        """True if the file is a symbolic link; its content is the target."""
        return self.mode == "120000"


class SourceFile(NamedTuple):
    """A file's bytes (a link's target), and its kind."""

    content: bytes
    executable: bool = False
    symlink: bool = False


class About(NamedTuple):
    """A commit's tree, parents and summary."""

    tree: str
    parents: tuple[str, ...]
    summary: str


class Tree(NamedTuple):
    """The direct entries of one folder of a commit, by name; submodules are left out."""

    files: dict[str, TreeEntry]
    folders: dict[str, str]


def is_full_id(name: str) -> bool:
    """Return whether ``name`` is 40 hex digits, which name one object whatever refs exist."""
    return re.fullmatch(r"[0-9a-f]{40}", name) is not None


def decode(raw: bytes) -> str:
    """Return a path as text; bytes that are not UTF-8 survive the way back."""
    return raw.decode("utf-8", "surrogateescape")


def entry_of(mode: str, blob: str) -> TreeEntry | None:
    """Return the entry of a file or a link, None for anything else."""
    return TreeEntry(mode, blob) if mode in _BLOBS else None


def folder_of(content: bytes) -> Tree:
    """Return the folder that a tree object describes."""
    tree = Tree({}, {})
    position = 0
    while position < len(content):
        end = content.index(b"\0", position)
        mode, _, name = decode(content[position:end]).partition(" ")
        position = end + 21  # the 20 bytes of an id follow
        object_id = content[end + 1 : position].hex()
        if mode == _FOLDER:
            tree.folders[name] = object_id
        elif mode in _BLOBS:
            tree.files[name] = TreeEntry(mode, object_id)
    return tree


def about(content: bytes) -> About:
    """Return the facts in a commit object."""
    headers = content.partition(b"\n\n")[0].decode("ascii", "replace").split("\n")
    parents = tuple(line[7:] for line in headers if line.startswith("parent "))
    return About(headers[0][5:], parents, summary(message(content)))


def message(content: bytes) -> str:
    """Return the message in a commit object without the empty lines before it."""
    headers, _, text = content.partition(b"\n\n")
    encoding = re.search(rb"^encoding (\S+)$", headers, re.MULTILINE)
    name = encoding[1].decode("ascii", "replace") if encoding else "utf-8"
    for attempt in ("utf-8", name):
        with suppress(UnicodeDecodeError, LookupError):
            return text.decode(attempt).lstrip("\n")
    return text.decode("latin-1").lstrip("\n")


def summary(text: str) -> str:
    """Return a message's first paragraph on one line, folded as libgit2 does."""
    end = _PARAGRAPH_END.search(text)
    paragraph = (text[: end.start()] if end else text).rstrip(_SPACE)
    return _RUN.sub(lambda run: " " if "\n" in run[0] else run[0], paragraph)
