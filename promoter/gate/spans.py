"""Spans of the history: the commits between two others, those of some paths, and their people.

The results are those of ``git log --full-history``, but each commit is read and compared once for
all spans of one history.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from promoter.gate.graph import Edge, Folders, Graph
from promoter.gate.history import History
from promoter.git import is_full_id
from promoter.git.objects import EMPTY_TREE
from promoter.git.people import (
    PEOPLE_OPTIONS,
    CommitPeople,
    PeopleReader,
    commits_between,
    decides,
    deciding_merges,
    merge_bases,
)

_bases = lru_cache(maxsize=1_000)(merge_bases)


class Span(NamedTuple):
    """The commits after ``old`` (None: from the beginning) up to another one.

    ``merges`` are those with several parents, ``before`` the parents that are ``old`` or its
    ancestors.
    """

    graph: Graph
    old: str | None
    commits: set[str]
    merges: list[str]
    before: frozenset[str]


class Spans:
    """Reads the spans of ``history`` while that is open."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._folders = Folders(())
        self._compared: set[str] = set()
        self._touched: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._people: PeopleReader | None = None
        self._last: tuple[str | None, str, Span] | None = None

    def commits(self, old: str | None, new: str, paths: Sequence[str]) -> list[CommitPeople]:
        """Return the people of each commit of ``paths`` after ``old`` up to ``new``.

        As `promoter.git.people.commits_between`, which is used where the walk of this history has
        not both of them.
        """
        span = self._span(old, new)
        if span is None or Folders(paths).paths != frozenset(paths):
            return list(commits_between(self._history.git, old, new, paths))
        return self.people(*self._changing(span, paths))

    def deciding_merges(
        self, old: str | None, new: str, paths: Collection[str], known: Collection[str]
    ) -> list[CommitPeople]:
        """Return the people of each merge after ``old`` up to ``new`` that decided ``paths``.

        As `promoter.git.people.deciding_merges`.
        """
        span = self._span(old, new)
        if span is None:
            return list(deciding_merges(self._history.git, old, new, paths, known))
        others = (each for each in self.people(*span.merges) if not each.mails <= set(known))
        return [each for each in others if self._decides(span.graph, each.commit, paths)]

    def is_empty(self, old: str, new: str) -> bool:
        """Return whether no commit is between the two: ``old`` has ``new`` already."""
        span = self._span(old, new)
        return self._history.is_ancestor(new, old) if span is None else not span.commits

    def people(self, *commits: str) -> list[CommitPeople]:
        """Return the people of each commit, in the same order."""
        if self._people is None:
            self._people = PeopleReader(self._history.start(*PEOPLE_OPTIONS))
        return self._people.read(commits)

    def _span(self, old: str | None, new: str) -> Span | None:
        """Return the span, None where one of the two is no commit of one history."""
        if old is not None and self._history.about(old) is None:
            old = None
        if self._last is None or self._last[:2] != (old, new):
            if not all(map(is_full_id, filter(None, (old, new)))):
                return None
            graph = self._history.ordered(new)
            if old is not None and not graph.has(old):
                return None
            self._last = (old, new, _between(graph, old, new))
        return self._last[2]

    def _changing(self, span: Span, paths: Sequence[str]) -> Iterator[str]:
        """Yield the commits of ``span`` that changed one of ``paths``, or a file below it.

        A merge counts by those of its parents that are in the span, if there are any.
        """
        self._compare(span, paths)
        differing: dict[str, set[str]] = defaultdict(set)
        for path in paths:
            for commit, parents in self._touched.get(path, {}).items():
                if commit in span.commits:
                    differing[commit] |= parents
        for commit, parents in differing.items():
            own = span.graph.node(commit).parents
            inside = {each for each in own if each not in span.before or each == span.old}
            if parents & inside or not inside:
                yield commit

    def _compare(self, span: Span, paths: Sequence[str]) -> None:
        """Compare each commit of ``span`` with its parents, unless that was done before."""
        if not self._folders.cover(Folders(paths)):
            self._folders = Folders({*self._folders.paths, *self._history.expect(paths)})
            self._compared.clear()
            self._touched.clear()
        node, new = span.graph.node, span.commits - self._compared
        steps = [(each, parent) for each in new for parent in node(each).parents or ("",)]
        trees = [_edge(span.graph, *step) for step in steps]
        self._compared.update(new)
        found = self._history.changes(trees, self._folders.paths)
        for (commit, parent), changes in zip(steps, found, strict=True):
            for change in changes:
                for above in _with_folders(change.path):
                    self._touched[above][commit].add(parent)

    def _decides(self, graph: Graph, merge: str, paths: Collection[str]) -> bool:
        parents = graph.node(merge).parents
        bases = partial(_bases, self._history.git, parents)
        return decides(merge, parents, paths, partial(self._differing, graph), bases)

    def _differing(self, graph: Graph, old: str, new: str, paths: Collection[str]) -> set[str]:
        """Return those of ``paths`` that are not the same in ``old`` and ``new``."""
        (found,) = self._history.changes([_edge(graph, new, old)], paths)
        return {each.path for each in found} & set(paths)


def _between(graph: Graph, old: str | None, new: str) -> Span:
    """Return the commits that ``new`` has and ``old`` has not.

    Commits are taken in an order in which all children of each come before it, so what is known of
    one is final when it is taken.
    """
    hidden = {new: new == old}
    waiting = [(graph.place(new), new)]
    if old is not None and old != new:
        hidden[old] = True
        heapq.heappush(waiting, (graph.place(old), old))
    commits, merges = set[str](), list[str]()
    shown = int(not hidden[new])
    while shown:
        _, commit = heapq.heappop(waiting)
        parents = graph.node(commit).parents
        if not hidden[commit]:
            shown -= 1
            commits.add(commit)
            merges += [commit] * (len(parents) > 1)
        for parent in parents:
            if parent not in hidden:
                hidden[parent] = hidden[commit]
                shown += not hidden[commit]
                heapq.heappush(waiting, (graph.place(parent), parent))
            elif hidden[commit] and not hidden[parent]:
                hidden[parent] = True
                shown -= 1
    before = frozenset(each for each, is_before in hidden.items() if is_before)
    return Span(graph, old, commits, merges, before)


def _edge(graph: Graph, commit: str, parent: str) -> Edge:
    """Return the trees of a commit and its parent, "" for the first one."""
    return graph.node(commit).tree, graph.node(parent).tree if parent else EMPTY_TREE


def _with_folders(path: str) -> Iterator[str]:
    """Yield ``path`` and each folder above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
