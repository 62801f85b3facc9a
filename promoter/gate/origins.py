"""The origin of each file of a commit: the commit that last changed it, and its summary.

By cepler's walk that is, from a commit on, breadth first along parents that have the same
content, the first commit that no such parent is left for. Files are walked together as long
as their histories agree. Where a walk has a single commit left to look at, the steps before
cannot matter any more: its result there is its result from the start. So the record of a file
at such a commit is the result, and nothing older is read.
"""

import heapq
import sys
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from promoter.gate.graph import Edge, Edges, Graph
from promoter.gate.history import History
from promoter.gate.state import LATEST, DeployState, FileState, ident
from promoter.git.objects import EMPTY_TREE, TreeEntry


def origins(
    history: History,
    commit: str,
    latest: Mapping[str, TreeEntry],
    recorded: DeployState | None = None,
    folders: Iterable[str] | None = None,
) -> dict[str, FileState]:
    """Return the file states by path of ``latest``, which are files of ``commit``.

    ``recorded`` is used where the commits confirm it, so only history since then is read; not
    in a shallow clone, for which cepler's result is another. All of the files lie at or below
    ``folders``.
    """
    if not latest:
        return {}
    below = frozenset(latest if folders is None else folders)
    known = _confirmed(history, latest, recorded, below) if recorded is not None else {}
    graph = history.graph(commit)
    edges = history.edges(graph, below)
    at = recorded.head_commit if recorded is not None else None
    commits = _Search(graph, edges, known, at).run(commit, set(latest))
    return {
        path: FileState(latest[path].blob, origin, _summary(history, origin))
        for path, origin in commits.items()
    }


def _summary(history: History, commit: str) -> str:
    about = history.about(commit)
    return about.summary if about is not None else ""


def _confirmed(
    history: History,
    latest: Mapping[str, TreeEntry],
    recorded: DeployState,
    folders: frozenset[str],
) -> dict[str, str]:
    """Return the recorded commit of each file that is still as recorded.

    Left out unless that commit did change the file (against each parent) to this content.
    """
    if history.is_shallow:
        return {}
    candidates: dict[str, str] = {}
    for path, entry in latest.items():
        file = recorded.files.get(ident(LATEST, path))
        if file is not None and not file.dirty and file.file_hash == entry.blob:
            candidates[path] = file.from_commit
    edges = {commit: _edges_of(history, commit) for commit in set(candidates.values())}
    compared = [edge for each in edges.values() for edge in each]
    blobs = {
        edge: {
            each.path: each.child.blob for each in changes if each.child and each.content_differs
        }
        for edge, changes in zip(compared, history.changes(compared, folders), strict=True)
    }
    return {
        path: commit
        for path, commit in candidates.items()
        if edges[commit]
        and all(blobs[edge].get(path) == latest[path].blob for edge in edges[commit])
    }


def _edges_of(history: History, commit: str) -> list[Edge]:
    child = history.about(commit)
    if child is None:
        return []
    parents = [history.about(parent) for parent in child.parents]
    edges = [(child.tree, parent.tree) for parent in parents if parent is not None]
    if len(edges) < len(parents):
        return []
    return edges or [(child.tree, EMPTY_TREE)]


@dataclass(slots=True, eq=False)
class _Group:
    """Files (required ones, and ones whose result is known) that are at the same point."""

    required: set[str]
    known: set[str]
    waiting: deque[str]
    visited: set[str]


class _Search:
    """Finds, for files of a commit, the commit that each comes from.

    ``recorded`` has that commit for files as they were at ``recorded_at``, with the content
    that they have now. ``edges`` has to cover all of the files.
    """

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
            if group.required or group.known:
                self._skip(group)
                self._step(group)
        return self._found

    def _skip(self, group: _Group) -> None:
        """Go on where nothing of the group changes, up to the commits of other groups.

        Most of a history is that; it needs no turns.
        """
        if len(group.waiting) != 1:
            return
        graph, edges, files = self._graph, self._edges, group.required | group.known
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
        group.visited = {commit}

    def _begin_recorded(self) -> None:
        # As soon as the walk has come as far back, what is recorded walks along.
        at = self._recorded_at
        if at is not None and self._graph.has_read(at):
            self._recorded_at = None
            self._queue(_Group(set(), set(self._recorded), deque([at]), {at}))

    def _take_known(self, group: _Group) -> None:
        both = group.required & group.known
        self._found.update((path, self._recorded[path]) for path in both)
        group.required -= both
        group.known -= both

    def _queue(self, group: _Group) -> None:
        first = group.waiting[0]
        if len(group.waiting) == 1:
            existing = self._alone.get(first)
            if existing is not None:
                existing.required |= group.required
                existing.known |= group.known
                return
            group.visited = {first}
            self._alone[first] = group
        heapq.heappush(self._turns, (self._graph.place(first), next(self._number), group))

    def _step(self, group: _Group) -> None:
        commit = group.waiting.popleft()
        parents = self._graph.node(commit).parents
        for path, same in self._touched(group, commit, parents).items():
            # These part from the rest: their content differs from that of some parent.
            required, known = ({path} & group.required), ({path} & group.known)
            group.required -= required
            group.known -= known
            self._go_on(
                _Group(required, known, group.waiting.copy(), group.visited.copy()), commit, same
            )
        if group.required or group.known:
            self._go_on(group, commit, parents)

    def _touched(
        self, group: _Group, commit: str, parents: tuple[str, ...]
    ) -> dict[str, list[str]]:
        """Return the group's files that differ along an edge, with the parents that agree."""
        differs: dict[str, set[str]] = {}
        for parent in parents:
            for path in self._edges.paths(commit, parent):
                if path in group.required or path in group.known:
                    differs.setdefault(path, set()).add(parent)
        return {
            path: [parent for parent in parents if parent not in other]
            for path, other in differs.items()
        }

    def _go_on(self, group: _Group, commit: str, same: Collection[str]) -> None:
        new = [parent for parent in dict.fromkeys(same) if parent not in group.visited]
        group.visited.update(new)
        group.waiting.extend(new)
        if same and group.waiting:
            self._queue(group)
        else:
            self._found.update(dict.fromkeys(group.required, commit))
