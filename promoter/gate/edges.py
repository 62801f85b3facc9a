"""Differences along the edges of history, asked for ahead so that git is never waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from promoter.gate.comparison import Comparison, PathChange
from promoter.gate.graph import Graph

if TYPE_CHECKING:
    from promoter.gate.history import History

_FIRST = 4
_MOST = 256


class Edges:
    """Paths whose content differs between a commit and a parent, as far as they are compared."""

    def __init__(self, graph: Graph, comparison: Comparison) -> None:
        self._graph = graph
        self._comparison = comparison
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._ahead = _FIRST

    def paths(self, commit: str, parent: str) -> tuple[str, ...]:
        """The paths that are not the same file in both."""
        found = self._known.get((commit, parent))
        if found is None:
            self._read_from(commit)
            found = self._known[commit, parent]
        return found

    def _read_from(self, commit: str) -> None:
        """Read the edges of ``commit`` and of some commits after it: they will be asked next."""
        edges = [
            (each, parent)
            for each in islice(self._graph.after(commit), self._ahead)
            for parent in self._graph.node(each).parents
            if (each, parent) not in self._known
        ]
        self._ahead = min(self._ahead * 4, _MOST)
        trees = [(self._graph.node(one).tree, self._graph.node(other).tree) for one, other in edges]
        for edge, changes in zip(edges, self._comparison.along(trees), strict=True):
            self._known[edge] = tuple(each.path for each in changes if content_differs(each))


class Ahead:
    """A walk's steps with what changed along each, read ahead in the walk's own order."""

    def __init__(self, history: History, graph: Graph, commit: str, folders: Iterable[str]) -> None:
        self._history = history
        self._graph = graph
        self._walk = graph.walk(commit)
        self._folders = frozenset(folders)
        self._changes = history.changes(self._folders)
        self._steps: deque[tuple[str, str]] = deque()
        self._answers: deque[list[PathChange]] = deque()
        self._size = _FIRST

    def __iter__(self) -> Iterator[tuple[str, str, list[PathChange]]]:
        """Each commit with the child that led to it and the changes between the two."""
        while True:
            if not self._answers:
                if not self._steps:
                    self._steps.extend(islice(self._walk, self._size))
                    self._size = min(self._size * 4, _MOST)
                if not self._steps:
                    return
                self._ask()
            yield *self._steps.popleft(), self._answers.popleft()

    def widen(self, folders: Iterable[str]) -> None:
        """From the next step on, give what changed at or below ``folders``, too."""
        wider = self._folders | frozenset(folders)
        if wider != self._folders:
            self._folders = wider
            self._changes = self._history.changes(wider)
            self._answers.clear()

    def _ask(self) -> None:
        node = self._graph.node
        trees = [(node(child).tree, node(commit).tree) for commit, child in self._steps]
        self._answers.extend(self._changes.along(trees))


def content_differs(change: PathChange) -> bool:
    """Whether more than the mode changed."""
    if change.child is None or change.parent is None:
        return True
    return change.child.blob != change.parent.blob
