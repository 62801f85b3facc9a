"""Which commit a file's content comes from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from promoter.gate.history import Graph, History


def last_changes(
    history: History, graph: Graph, commit: str, paths: Iterable[str]
) -> dict[str, str]:
    """For each of ``paths``, all of them in ``commit``, the commit that it comes from.

    That is, by cepler's walk, the first commit from ``commit`` on back along parents that
    have the same content at which no such parent is left to look at.
    """
    return {path: _last_change(history, graph, commit, path) for path in paths}


def _last_change(history: History, graph: Graph, commit: str, path: str) -> str:
    wanted = history.file(commit, path)
    seen = {commit}
    waiting = deque([commit])
    while True:
        current = waiting.popleft()
        same = False
        for parent in graph.node(current).parents:
            found = history.file(parent, path)
            if found is not None and wanted is not None and found.id == wanted.id:
                same = True
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        if not same or not waiting:
            return current
