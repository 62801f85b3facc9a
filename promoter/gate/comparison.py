"""What changed along the edges of history: one ``git diff-tree``, each edge asked for once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from typing import Any, NamedTuple

from promoter.common.errors import GitError
from promoter.git.objects import TreeEntry, decode, entry_of

_CHUNK = 256  # edges asked for at once: their text fits into a pipe
_MOST = 40  # paths that git is given: it looks at each of them for every entry

Edge = tuple[str, str]
"""The trees of a commit and of a parent."""


class PathChange(NamedTuple):
    """A path that differs along an edge; an entry is None where there is no file."""

    path: str
    child: TreeEntry | None
    parent: TreeEntry | None


class Folders:
    """Paths at or below any of some folders; "" is the whole repository.

    What no tree can have (``../a``, ``/a``, ``a//b``) is left out: nothing is there.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        chosen = frozenset(folder for folder in folders if not folder or _is_plain(folder))
        self.paths = frozenset({""}) if "" in chosen else chosen
        self._below = tuple(f"{folder}/" for folder in self.paths)

    def __contains__(self, path: str) -> bool:
        return "" in self.paths or path in self.paths or path.startswith(self._below)

    def cover(self, others: Folders) -> bool:
        """Whether all that is below ``others`` is below these."""
        return all(path in self for path in others.paths)

    def fewer(self) -> Folders:
        """Folders that cover these, and not many: the ones above them where needed."""
        found, depth = self, max((path.count("/") for path in self.paths), default=0)
        while len(found.paths) > _MOST:
            found = Folders("/".join(path.split("/")[:depth]) for path in self.paths)
            depth -= 1
        return found


class Comparison:
    """Compares trees below some folders; what it found it keeps."""

    def __init__(self, session: subprocess.Popen[bytes], folders: Folders) -> None:
        self.folders = folders
        self._asked, self._answers = _pipes(session)
        self._mark = b"=" + os.urandom(8).hex().encode() + b"\n"
        self._buffer = b""
        self._known: dict[Edge, list[PathChange]] = {}

    def along(self, edges: list[Edge]) -> list[list[PathChange]]:
        """For each edge what differs, in the same order."""
        # Equal trees are most of them where a history is about other folders.
        new = (edge for edge in edges if edge[0] != edge[1] and edge not in self._known)
        asked = list(dict.fromkeys(new))
        for start in range(0, len(asked), _CHUNK):
            chunk = asked[start : start + _CHUNK]
            self._known.update(zip(chunk, self._chunk(chunk), strict=True))
        return [self._known.get(edge, _NOTHING) for edge in edges]

    def _chunk(self, edges: list[Edge]) -> list[list[PathChange]]:
        question = b"".join(
            b"%b %b\n%b" % (child.encode(), parent.encode(), self._mark) for child, parent in edges
        )
        self._asked.write(question)
        self._asked.flush()
        return [_changes(self._answer()) for _ in edges]

    def _answer(self) -> bytes:
        while (end := self._buffer.find(self._mark)) < 0:
            more = self._answers.read1(1 << 16)
            if not more:
                raise GitError("compare trees: git diff-tree ended; is an object missing?")
            self._buffer += more
        answer, self._buffer = self._buffer[:end], self._buffer[end + len(self._mark) :]
        return answer


class Changes:
    """What a comparison finds at or below some of its folders."""

    def __init__(self, comparison: Comparison, folders: Folders) -> None:
        self._comparison = comparison
        self._folders = folders
        self._all = folders.cover(comparison.folders)

    def along(self, edges: list[Edge]) -> list[list[PathChange]]:
        """For each edge what differs, in the same order."""
        if not self._folders.paths:
            return [_NOTHING for _ in edges]
        found = self._comparison.along(edges)
        if self._all:
            return found
        folders = self._folders
        return [
            [change for change in each if change.path in folders] if each else each
            for each in found
        ]


_NOTHING: list[PathChange] = []
_NAMELESS = frozenset({"", ".", ".."})


def _is_plain(path: str) -> bool:
    return _NAMELESS.isdisjoint(path.split("/"))


def _changes(raw: bytes) -> list[PathChange]:
    if not raw:
        return _NOTHING
    fields = decode(raw).split("\0")
    changes: list[PathChange] = []
    for about, path in zip(fields[::2], fields[1::2], strict=False):
        # ":<mode> <mode> <id> <id> <letter>"; the first has the two trees' line before it
        child_mode, parent_mode, child, parent, _ = about[about.rfind(":") + 1 :].split(" ")
        changes.append(PathChange(path, entry_of(child_mode, child), entry_of(parent_mode, parent)))
    return changes


def _pipes(process: subprocess.Popen[bytes]) -> tuple[Any, Any]:
    return process.stdin, process.stdout
