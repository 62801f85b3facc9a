"""Where each file of a commit comes from: the commit that last changed it, and its summary."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from promoter.gate.comparison import Edge
from promoter.gate.edges import content_differs
from promoter.gate.history import History
from promoter.gate.last_change import last_changes
from promoter.gate.state import LATEST, DeployState, FileState, ident
from promoter.git.objects import EMPTY_TREE, TreeEntry


def origins(
    history: History,
    commit: str,
    latest: Mapping[str, TreeEntry],
    recorded: DeployState | None = None,
    folders: Iterable[str] | None = None,
) -> dict[str, FileState]:
    """The file states by path of ``latest``, files as ``commit`` has them.

    What is ``recorded`` is believed where the commits bear it out, so only history since
    then is read; in a shallow clone it is not, for there cepler's answer is another.
    ``folders`` is below which paths all of them lie, where that is known.
    """
    if not latest:
        return {}
    below = frozenset(latest if folders is None else folders)
    known = _borne_out(history, latest, recorded, below) if recorded is not None else {}
    graph = history.graph(commit)
    edges = history.edges(graph, below)
    at = recorded.head_commit if recorded is not None else None
    commits = last_changes(graph, edges, commit, latest, known, at)
    return {
        path: FileState(latest[path].blob, origin, _summary(history, origin))
        for path, origin in commits.items()
    }


def _summary(history: History, commit: str) -> str:
    about = history.about(commit)
    return about.summary if about is not None else ""


def _borne_out(
    history: History,
    latest: Mapping[str, TreeEntry],
    recorded: DeployState,
    folders: frozenset[str],
) -> dict[str, str]:
    """For files that are as they are recorded, the commit they are recorded to come from.

    Believed only if that commit did change the file (against each parent) to this content.
    """
    if history.is_shallow:
        return {}
    candidates = _unchanged(latest, recorded)
    brought = _brought(history, candidates, folders)
    return {
        path: commit
        for commit, paths in candidates.items()
        for path in paths
        if brought[commit] and all(each.get(path) == latest[path].blob for each in brought[commit])
    }


def _unchanged(latest: Mapping[str, TreeEntry], recorded: DeployState) -> dict[str, list[str]]:
    """The paths whose content is as it is recorded, by the commit that they are said to be of."""
    by_commit: dict[str, list[str]] = {}
    for path, entry in latest.items():
        file = recorded.files.get(ident(LATEST, path))
        if file is not None and not file.dirty and file.file_hash == entry.blob:
            by_commit.setdefault(file.from_commit, []).append(path)
    return by_commit


def _brought(
    history: History, commits: Collection[str], folders: frozenset[str]
) -> dict[str, list[Mapping[str, str]]]:
    """For each commit, edge by edge to its parents, the blobs by path that it changed to."""
    steps = [(commit, edge) for commit in commits for edge in _edges_of(history, commit)]
    found = history.changes(folders).along([edge for _, edge in steps])
    brought: dict[str, list[Mapping[str, str]]] = {commit: [] for commit in commits}
    for (commit, _), changes in zip(steps, found, strict=True):
        changed = {
            change.path: change.child.blob
            for change in changes
            if change.child is not None and content_differs(change)
        }
        brought[commit].append(changed)
    return brought


def _edges_of(history: History, commit: str) -> list[Edge]:
    child = history.about(commit)
    if child is None:
        return []
    parents = [history.about(parent) for parent in child.parents]
    edges = [(child.tree, parent.tree) for parent in parents if parent is not None]
    if len(edges) < len(parents):
        return []
    return edges or [(child.tree, EMPTY_TREE)]
