"""The commit graph, read from one ``git rev-list`` as far as it is asked for."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from promoter.common.errors import GitError

_SOON = 1_000  # commits, a few milliseconds: less than another rev-list takes


class Node(NamedTuple):
    """A commit in the graph."""

    tree: str
    parents: tuple[str, ...]


class Graph:
    """Commits with tree and parents, in the order in which ``git rev-list`` gives them.

    It starts at one commit and has all of its ancestors, so it serves each of these as well.
    """

    def __init__(self, stream: subprocess.Popen[bytes]) -> None:
        if stream.stdout is None:
            raise GitError("read the history: git rev-list has no output")
        self._lines = stream.stdout
        self._nodes: dict[str, Node] = {}
        self._order: list[str] = []
        self._place: dict[str, int] = {}

    def node(self, commit: str) -> Node:
        """``commit``'s tree and parents; raises `GitError` where it is not below the start."""
        while (found := self._nodes.get(commit)) is None:
            if not self._read():
                raise GitError(f"read commit {commit}: it is not in the history")
        return found

    def has_read(self, commit: str) -> bool:
        """Whether ``commit`` has come already."""
        return commit in self._nodes

    def reaches(self, commit: str) -> bool:
        """Whether ``commit`` has come, or comes soon."""
        if commit not in self._nodes:
            for _ in islice(iter(self._read, False), _SOON):
                if commit in self._nodes:
                    break
        return commit in self._nodes

    def place(self, commit: str) -> int:
        """Where ``commit`` comes in the order; children before parents, by and large."""
        self.node(commit)
        return self._place[commit]

    def after(self, commit: str) -> Iterator[str]:
        """``commit`` and the commits that follow it in the order."""
        place = self.place(commit)
        while place < len(self._order) or self._read():
            yield self._order[place]
            place += 1

    def walk(self, commit: str) -> Iterator[tuple[str, str]]:
        """The ancestors of ``commit``, nearest first, each with the commit that led to it.

        The order is cepler's: breadth first, parents in their own order, each commit once.
        """
        seen = {commit}
        waiting: deque[tuple[str, str]] = deque()
        current = commit
        while True:
            for parent in self.node(current).parents:
                if parent not in seen:
                    seen.add(parent)
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
