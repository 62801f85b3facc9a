"""Which commit a file's content comes from, for many files in one pass over history.

By cepler's walk that is, from a commit on, breadth first along parents that have the same
content, the first commit that no such parent is left for. Files are walked together as long
as their histories agree. Where a walk stands at a single commit with nothing else to look
at, what went before cannot matter any more: its answer there is its answer from the start.
So what is recorded for a file at such a commit is the answer, and nothing older is read.
"""

from __future__ import annotations

import heapq
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from itertools import count

from promoter.gate.edges import Edges
from promoter.gate.graph import Graph


class _Group:
    """Files (wanted ones, and ones whose answer is known) that are at the same point."""

    __slots__ = ("known", "seen", "waiting", "wanted")

    def __init__(
        self, wanted: set[str], known: set[str], waiting: deque[str], seen: set[str]
    ) -> None:
        self.wanted = wanted
        self.known = known
        self.waiting = waiting
        self.seen = seen


def last_changes(
    graph: Graph,
    edges: Edges,
    commit: str,
    paths: Iterable[str],
    recorded: Mapping[str, str] | None = None,
    recorded_at: str | None = None,
) -> dict[str, str]:
    """For each of ``paths``, all of them in ``commit``, the commit that it comes from.

    ``recorded`` has that commit for files as they were at ``recorded_at``, with the content
    that they have in ``commit``. ``edges`` has to cover all of ``paths``.
    """
    search = _Search(graph, edges, recorded or {}, recorded_at)
    return search.run(commit, set(paths))


class _Search:
    def __init__(
        self, graph: Graph, edges: Edges, recorded: Mapping[str, str], recorded_at: str | None
    ) -> None:
        self._graph = graph
        self._edges = edges
        self._recorded = recorded
        self._recorded_at = recorded_at if recorded else None
        self._alone: dict[str, _Group] = {}  # groups with a single commit to look at
        self._turns: list[tuple[int, int, _Group]] = []
        self._number = count()
        self._found: dict[str, str] = {}

    def run(self, commit: str, paths: set[str]) -> dict[str, str]:
        total = len(paths)
        self._queue(_Group(paths, set(), deque([commit]), {commit}))
        while len(self._found) < total:
            self._begin_recorded()
            _, _, group = heapq.heappop(self._turns)
            if len(group.waiting) == 1 and self._alone.get(group.waiting[0]) is group:
                del self._alone[group.waiting[0]]
                self._take_known(group)
            if group.wanted or group.known:
                self._skip(group)
                self._step(group)
        return self._found

    def _skip(self, group: _Group) -> None:
        """Go on where nothing of the group changes, up to where others stand or come in.

        Most of a history is that; it needs no turns.
        """
        if len(group.waiting) != 1:
            return
        graph, edges, files = self._graph, self._edges, group.wanted | group.known
        until = self._turns[0][0] if self._turns else sys.maxsize
        commit = group.waiting[0]
        while len(parents := graph.node(commit).parents) == 1:
            parent = parents[0]
            if graph.place(parent) >= until or not files.isdisjoint(edges.paths(commit, parent)):
                break
            if self._recorded_at is not None and graph.has_read(self._recorded_at):
                break
            commit = parent
        group.waiting = deque([commit])
        group.seen = {commit}

    def _begin_recorded(self) -> None:
        # As soon as the walk has come as far back, what is recorded walks along.
        at = self._recorded_at
        if at is not None and self._graph.has_read(at):
            self._recorded_at = None
            self._queue(_Group(set(), set(self._recorded), deque([at]), {at}))

    def _take_known(self, group: _Group) -> None:
        both = group.wanted & group.known
        for path in both:
            self._found[path] = self._recorded[path]
        group.wanted -= both
        group.known -= both

    def _queue(self, group: _Group) -> None:
        first = group.waiting[0]
        if len(group.waiting) == 1:
            there = self._alone.get(first)
            if there is not None:
                there.wanted |= group.wanted
                there.known |= group.known
                return
            group.seen = {first}
            self._alone[first] = group
        heapq.heappush(self._turns, (self._graph.place(first), next(self._number), group))

    def _step(self, group: _Group) -> None:
        commit = group.waiting.popleft()
        parents = self._graph.node(commit).parents
        for path, same in self._touched(group, commit, parents).items():
            # These part from the rest: their content differs from that of some parent.
            wanted, known = ({path} & group.wanted), ({path} & group.known)
            group.wanted -= wanted
            group.known -= known
            self._go_on(
                _Group(wanted, known, group.waiting.copy(), group.seen.copy()), commit, same
            )
        if group.wanted or group.known:
            self._go_on(group, commit, parents)

    def _touched(
        self, group: _Group, commit: str, parents: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """The group's files that differ along some edge, with the parents that have the same."""
        differs: dict[str, set[str]] = {}
        for parent in parents:
            for path in self._edges.paths(commit, parent):
                if path in group.wanted or path in group.known:
                    differs.setdefault(path, set()).add(parent)
        return {
            path: [parent for parent in parents if parent not in other]
            for path, other in differs.items()
        }

    def _go_on(self, group: _Group, commit: str, same: Iterable[str]) -> None:
        left = False
        for parent in same:
            left = True
            if parent not in group.seen:
                group.seen.add(parent)
                group.waiting.append(parent)
        if left and group.waiting:
            self._queue(group)
        else:
            self._found.update(dict.fromkeys(group.wanted, commit))
