"""The commit graph, and the paths that change along its edges.

Both are read from git processes, no further than needed: one ``git rev-list`` gives the
commits, one ``git diff-tree`` compares trees, each edge once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from promoter.common.errors import GitError
from promoter.git.commands import Process
from promoter.git.objects import TreeEntry, decode, entry_of

if TYPE_CHECKING:
    import io

_CHUNK = 256  # edges compared at once: their text fits into a pipe
_MOST_PATHS = 40  # paths on git's command line: it compares each of them with every entry
_SOON = 1_000  # commits, a few milliseconds: less than another rev-list takes
FIRST_STEPS, MOST_STEPS = 4, 256
"""The number of commits that are compared ahead: at first, and at most."""

Edge = tuple[str, str]
"""The trees of a commit and of a parent."""


class PathChange(NamedTuple):
    """A path that differs along an edge; an entry is None where there is no file."""

    path: str
    child: TreeEntry | None
    parent: TreeEntry | None

    @property
    def content_differs(self) -> bool:
        """True if more than the mode changed."""
        child, parent = self.child, self.parent
        return child is None or parent is None or child.blob != parent.blob


class Folders:
    """Paths at or below any of some folders; "" is the whole repository.

    Paths that no tree can have (``../a``, ``/a``, ``a//b``) are left out.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        chosen = frozenset(
            folder for folder in folders if not folder or _NAMELESS.isdisjoint(folder.split("/"))
        )
        self.paths = frozenset({""}) if "" in chosen else chosen
        self._below = tuple(f"{folder}/" for folder in self.paths)

    def __contains__(self, path: str) -> bool:
        return "" in self.paths or path in self.paths or path.startswith(self._below)

    def cover(self, others: Folders) -> bool:
        """Return whether every path below ``others`` is below these."""
        return all(path in self for path in others.paths)

    def fewer(self) -> Folders:
        """Return a few folders that cover these: the ones above them if necessary."""
        found, depth = self, max((path.count("/") for path in self.paths), default=0)
        while len(found.paths) > _MOST_PATHS:
            found = Folders("/".join(path.split("/")[:depth]) for path in self.paths)
            depth -= 1
        return found


class Comparison:
    """Compares trees below some folders, each edge once."""

    def __init__(self, session: Process, folders: Folders) -> None:
        self.folders = folders
        self._requests = cast("IO[bytes]", session.stdin)
        self._responses = cast("io.BufferedReader", session.stdout)
        self._mark = b"=" + os.urandom(8).hex().encode() + b"\n"
        self._buffer = b""
        self._known: dict[Edge, list[PathChange]] = {}

    def along(self, edges: list[Edge]) -> list[list[PathChange]]:
        """Return the changes along each edge, in the same order."""
        # Equal trees are most of them where a history is about other folders.
        new = (edge for edge in edges if edge[0] != edge[1] and edge not in self._known)
        pending = list(dict.fromkeys(new))
        for start in range(0, len(pending), _CHUNK):
            chunk = pending[start : start + _CHUNK]
            for child, parent in chunk:
                self._requests.write(f"{child} {parent}\n".encode() + self._mark)
            self._requests.flush()
            self._known.update((edge, _changes(self._response())) for edge in chunk)
        return [self._known.get(edge, _NOTHING) for edge in edges]

    def _response(self) -> bytes:
        while (end := self._buffer.find(self._mark)) < 0:
            more = self._responses.read1(1 << 16)
            if not more:
                raise GitError("compare trees: git diff-tree ended; is an object missing?")
            self._buffer += more
        response, self._buffer = self._buffer[:end], self._buffer[end + len(self._mark) :]
        return response


class Edges:
    """Paths whose content differs between a commit and a parent, as far as they are compared."""

    def __init__(self, graph: Graph, comparison: Comparison) -> None:
        self._graph = graph
        self._comparison = comparison
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ahead = FIRST_STEPS

    def paths(self, commit: str, parent: str) -> tuple[str, ...]:
        """Return the paths that are not the same file in both."""
        found = self._known.get((commit, parent))
        if found is None:
            self._read_from(commit)
            found = self._known[commit, parent]
        return found

    def _read_from(self, commit: str) -> None:
        """Read the edges of ``commit`` and of some commits after it: they will be read next."""
        edges = [
            (each, parent)
            for each in islice(self._graph.after(commit), self._ahead)
            for parent in self._graph.node(each).parents
            if (each, parent) not in self._known
        ]
        self._ahead = min(self._ahead * 4, MOST_STEPS)
        trees = [(self._graph.node(one).tree, self._graph.node(other).tree) for one, other in edges]
        for edge, changes in zip(edges, self._comparison.along(trees), strict=True):
            self._known[edge] = tuple(each.path for each in changes if each.content_differs)


class Node(NamedTuple):
    """A commit in the graph."""

    tree: str
    parents: tuple[str, ...]


class Graph:
    """Commits with tree and parents, in the order in which ``git rev-list`` gives them.

    It has the commit ``start`` and all of its ancestors.
    """

    def __init__(self, start: str, stream: Process) -> None:
        if stream.stdout is None:
            raise GitError("read the history: git rev-list has no output")
        self.start = start
        self._lines = stream.stdout
        self._nodes: dict[str, Node] = {}
        self._order: list[str] = []
        self._place: dict[str, int] = {}

    def node(self, commit: str) -> Node:
        """Return the tree and parents of ``commit``; raise `GitError` if it is not reachable."""
        found = self._nodes.get(commit)
        if found is None and self.has(commit):
            found = self._nodes[commit]
        if found is None:
            raise GitError(f"read commit {commit}: it is not in the history")
        return found

    def has(self, commit: str) -> bool:
        """Return whether ``commit`` is in the graph, read to its end if necessary."""
        return commit in self._nodes or any(commit in self._nodes for _ in iter(self._read, False))

    def has_read(self, commit: str) -> bool:
        """Return whether ``commit`` has been read."""
        return commit in self._nodes

    def reaches(self, commit: str) -> bool:
        """Return whether ``commit`` has been read, or is among the next ones."""
        if commit not in self._nodes:
            for _ in islice(iter(self._read, False), _SOON):
                if commit in self._nodes:
                    break
        return commit in self._nodes

    def place(self, commit: str) -> int:
        """Return the position of ``commit`` in the order; children before parents, by and large."""
        self.node(commit)
        return self._place[commit]

    def after(self, commit: str) -> Iterator[str]:
        """Yield ``commit`` and the commits that follow it in the order."""
        for place in count(self.place(commit)):
            if place == len(self._order) and not self._read():
                return
            yield self._order[place]

    def walk(self, commit: str) -> Iterator[tuple[str, str]]:
        """Yield the ancestors of ``commit``, nearest first, each with the commit that led to it.

        The order is cepler's: breadth first, parents in their own order, each commit once.
        """
        visited = {commit}
        waiting: deque[tuple[str, str]] = deque()
        current = commit
        while True:
            for parent in self.node(current).parents:
                if parent not in visited:
                    visited.add(parent)
                    waiting.append((parent, current))
            if not waiting:
                return
            yield waiting[0]
            current = waiting.popleft()[0]

    def _read(self) -> bool:
        line = self._lines.readline()
        if not line:
            return False
        commit, tree, *parents = line.decode("ascii").split()
        self._place[commit] = len(self._order)
        self._order.append(commit)
        self._nodes[commit] = Node(tree, tuple(parents))
        return True


_NOTHING: list[PathChange] = []
_NAMELESS = frozenset({"", ".", ".."})


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
