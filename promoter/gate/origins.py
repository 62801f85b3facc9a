"""Where each file of a view comes from: the commit that last changed it, and its summary."""

from __future__ import annotations

from collections.abc import Mapping

from promoter.gate.commits import parents_of, summaries, tree_of
from promoter.gate.edges import Edges, content_differs
from promoter.gate.evaluation import View
from promoter.gate.history import History
from promoter.gate.last_change import last_changes
from promoter.gate.state import LATEST, DeployState, FileState, ident


def origins(history: History, view: View, recorded: DeployState | None) -> dict[str, FileState]:
    """The file states of the view's own files by path.

    What is ``recorded`` is believed where the commits bear it out, so only history since
    then is read; in a shallow clone it is not, for there cepler's answer is another.
    """
    if not view.latest:
        return {}
    known = _borne_out(history, view, recorded) if recorded is not None else {}
    graph = history.graph(view.commit)
    edges = Edges(history, graph, view.environment.latest_patterns().folders())
    at = recorded.head_commit if recorded is not None else None
    commits = last_changes(graph, edges, view.commit, view.latest, known, at)
    messages = summaries(history, set(commits.values()))
    return {
        path: FileState(view.latest[path].blob, commit, messages[commit])
        for path, commit in commits.items()
    }


def _borne_out(history: History, view: View, recorded: DeployState) -> dict[str, str]:
    """For files that are as they are recorded, the commit they are recorded to come from.

    Believed only if that commit did change the file (against each parent) to this content.
    """
    if history.is_shallow():
        return {}
    by_commit: dict[str, list[str]] = {}
    for path, entry in view.latest.items():
        file = recorded.files.get(ident(LATEST, path))
        if file is not None and not file.dirty and file.file_hash == entry.blob:
            by_commit.setdefault(file.from_commit, []).append(path)
    edges: list[tuple[str, str]] = []
    askers: list[str] = []
    for commit in by_commit:
        found = _edges_of(history, commit)
        edges += found
        askers += [commit] * len(found)
    changed: dict[str, list[Mapping[str, str]]] = {commit: [] for commit in by_commit}
    folders = view.environment.latest_patterns().folders()
    for commit, changes in zip(askers, history.changes(folders).along(edges), strict=True):
        changed[commit].append(
            {
                change.path: change.child.blob
                for change in changes
                if change.child is not None and content_differs(change)
            }
        )
    return {
        path: commit
        for commit, paths in by_commit.items()
        for path in paths
        if changed[commit]
        and all(each.get(path) == view.latest[path].blob for each in changed[commit])
    }


def _edges_of(history: History, commit: str) -> list[tuple[str, str]]:
    read = history.read(commit)
    if read is None or read.kind != "commit":
        return []
    tree = tree_of(read.content)
    edges: list[tuple[str, str]] = []
    for parent in parents_of(read.content):
        before = history.read(parent)
        if before is None:
            return []
        edges.append((tree, tree_of(before.content)))
    return edges or [(tree, history.empty_tree)]
