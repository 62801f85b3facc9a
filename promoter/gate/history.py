"""The history of a repository: objects, listings, the graph, and the changes along its edges.

Git processes stay open and serve one request after another, so the cost is that of the commits
that are read, not of starting git for each. Results are kept: a hundred environments decided
through one history read it once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cached_property
from itertools import islice
from typing import Self, TypeVar, cast

from promoter.common.errors import GitError
from promoter.gate.graph import (
    FIRST_STEPS,
    MOST_STEPS,
    Comparison,
    Edge,
    Edges,
    Folders,
    Graph,
    PathChange,
)
from promoter.git import Git
from promoter.git.commands import Process
from promoter.git.objects import About, Tree, TreeEntry, about, folder_of
from promoter.git.reader import Object, read_object

_Kind = TypeVar("_Kind")

# libgit2, which cepler reads with, knows no replacement objects.
_VARIABLES = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_FLUSH": "0"}


class History:
    """Reads one repository; close it, or use it as a context manager."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._open = ExitStack()
        self._commits: dict[str, About] = {}
        self._folders: dict[str, Tree] = {}
        self._graphs: list[Graph] = []
        self._ordered: list[Graph] = []
        self._shared: dict[object, object] = {}
        self._comparisons: list[Comparison] = []
        self._edges: dict[tuple[Graph, Comparison], Edges] = {}
        self._expected: frozenset[str] = frozenset()
        self._ancestors: dict[tuple[str, str], bool] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()
        self._graphs.clear()
        self._ordered.clear()
        self._shared.clear()
        self._comparisons.clear()
        self._edges.clear()

    def read(self, name: str) -> Object | None:
        """Return the object called ``name`` (an id, ``HEAD``, ``<commit>:<path>``), or None."""
        return read_object(self.git, name)

    def commit(self, revision: str) -> str | None:
        """Return the id of the commit called ``revision``, None if there is none (tags are not)."""
        found = self.read(revision)
        return found.id if found is not None and found.kind == "commit" else None

    def about(self, commit: str) -> About | None:
        """Return the facts in the commit with the id ``commit``, None if there is none."""
        if commit not in self._commits:
            found = self.read(commit)
            if found is None or found.kind != "commit":
                return None
            self._commits[commit] = about(found.content)
        return self._commits[commit]

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Return whether ``ancestor`` is ``descendant`` or one of its ancestors."""
        pair = (ancestor, descendant)
        if pair not in self._ancestors:
            self._ancestors[pair] = ancestor == descendant or self.git.is_ancestor(*pair)
        return self._ancestors[pair]

    def file(self, commit: str, path: str) -> Object | None:
        """Return the blob at ``path`` (taken literally) in ``commit``, None if there is none."""
        if path in ("", ".", "..") or path.startswith(("/", "./", "../")):
            return None  # no tree has such an entry; git would resolve it from its folder
        found = self.read(f"{commit}:{path}")
        return found if found is not None and found.kind == "blob" else None

    def content(self, object_id: str, kind: str = "") -> bytes:
        """Return the content of an object that has to exist."""
        found = self.read(object_id)
        if found is None:
            raise GitError(
                f"read {kind}{object_id} in {self.git.dir}: the object is missing",
                next_step="git fsck, then fetch again or clone anew",
            )
        return found.content

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """Return the file's entry at ``path`` in ``commit``, None if there is none."""
        folder, _, name = path.rpartition("/")
        tree = self._tree(commit, folder)
        return self._folder(tree).files.get(name) if tree else None

    def listing(self, commit: str, folders: Iterable[str] = ("",)) -> dict[str, TreeEntry]:
        """Return the files of ``commit`` at or below ``folders``, links included, no submodules."""
        chosen = Folders(folders)
        entries: dict[str, TreeEntry] = {}
        for path in sorted(chosen.paths):
            if (entry := self.entry(commit, path)) is not None:
                entries[path] = entry
            elif (tree := self._tree(commit, path)) is not None:
                self._collect(tree, f"{path}/" if path else "", entries)
        return entries

    def _tree(self, commit: str, path: str) -> str | None:
        """Return the id of the folder at ``path`` in ``commit``, None if there is none."""
        known = self.about(commit)
        if known is None:
            raise GitError(f"read commit {commit} in {self.git.dir}: there is no such commit")
        tree: str | None = known.tree
        for name in path.split("/") if path else ():
            tree = self._folder(tree).folders.get(name) if tree else None
        return tree

    def _folder(self, tree: str) -> Tree:
        if tree not in self._folders:
            self._folders[tree] = folder_of(self.content(tree, "folder "))
        return self._folders[tree]

    def _collect(self, tree: str, start: str, entries: dict[str, TreeEntry]) -> None:
        folder = self._folder(tree)
        entries.update((start + name, entry) for name, entry in folder.files.items())
        for name, below in folder.folders.items():
            self._collect(below, f"{start}{name}/", entries)

    def graph(self, commit: str) -> Graph:
        """Return the commits from ``commit`` back, read only as far as needed."""
        for graph in self._graphs:
            if graph.reaches(commit):
                return graph
        self._graphs.append(self._graph(commit))
        return self._graphs[-1]

    def ordered(self, commit: str) -> Graph:
        """Return a graph that has ``commit``, in which every commit precedes its ancestors.

        It starts at the commit that the first `graph` starts at, if that has ``commit``.
        """
        if not self._ordered and self._graphs:
            self._ordered.append(self._graph(self._graphs[0].start, "--topo-order"))
        for graph in self._ordered:
            if graph.has(commit):
                return graph
        self._ordered.append(self._graph(commit, "--topo-order"))
        return self._ordered[-1]

    def _graph(self, commit: str, *options: str) -> Graph:
        shown = ("--no-commit-header", "--format=%H %T %P")
        return Graph(commit, self.start("rev-list", *shown, *options, commit, "--"))

    def shared(self, kind: Callable[[Self], _Kind]) -> _Kind:
        """Return the ``kind`` of reader of this history, the same one until it is closed."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        return cast("_Kind", self._shared[kind])

    def expect(self, folders: Iterable[str]) -> frozenset[str]:
        """Include ``folders`` in every comparison, so that one process serves all of them.

        Returns all that are expected.
        """
        self._expected |= frozenset(folders)
        return self._expected

    def changes(self, edges: list[Edge], folders: Iterable[str]) -> list[list[PathChange]]:
        """Return the changes along each edge at or below ``folders``, in the same order."""
        required = Folders(folders)
        if not required.paths:
            return [[] for _ in edges]
        comparison = self._comparison(required)
        found = comparison.along(edges)
        if required.cover(comparison.folders):
            return found
        return [[change for change in each if change.path in required] for each in found]

    def edges(self, graph: Graph, folders: Iterable[str]) -> Edges:
        """Return the paths that changed along edges of ``graph``, below ``folders`` at least."""
        key = (graph, self._comparison(Folders(folders)))
        if key not in self._edges:
            self._edges[key] = Edges(*key)
        return self._edges[key]

    def _comparison(self, required: Folders) -> Comparison:
        for comparison in self._comparisons:
            if comparison.folders.cover(required):
                return comparison
        wider = Folders(required.paths | self._expected).fewer()
        options = ("--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
        only = () if "" in wider.paths else ("--", *wider.paths)
        session = self.start("--literal-pathspecs", "diff-tree", *options, *only)
        self._comparisons.append(Comparison(session, wider))
        return self._comparisons[-1]

    @cached_property
    def is_shallow(self) -> bool:
        """True if the history ends where a shallow clone cut it."""
        return self.git.text("rev-parse", "--is-shallow-repository") == "true"

    def start(self, *arguments: str) -> Process:
        """Start ``git <arguments>``, which runs until this is closed."""
        return self._open.enter_context(self.git.process(*arguments, env=_VARIABLES))


class Steps:
    """The steps of a walk with the changes along each, compared ahead."""

    def __init__(self, history: History, commit: str, folders: Iterable[str]) -> None:
        self._history = history
        self._graph = history.graph(commit)
        self._walk = self._graph.walk(commit)
        self._folders = frozenset(folders)
        self._steps: deque[tuple[str, str]] = deque()
        self._compared: deque[list[PathChange]] = deque()
        self._size = FIRST_STEPS

    def __iter__(self) -> Iterator[tuple[str, str, list[PathChange]]]:
        """Yield each commit with the child that led to it and the changes between the two."""
        while True:
            if not self._compared:
                if not self._steps:
                    self._steps.extend(islice(self._walk, self._size))
                    self._size = min(self._size * 4, MOST_STEPS)
                if not self._steps:
                    return
                node = self._graph.node
                trees = [(node(child).tree, node(commit).tree) for commit, child in self._steps]
                self._compared.extend(self._history.changes(trees, self._folders))
            yield *self._steps.popleft(), self._compared.popleft()

    def widen(self, folders: Iterable[str]) -> None:
        """Include changes at or below ``folders`` from the next step on."""
        wider = self._folders | frozenset(folders)
        if wider != self._folders:
            self._folders = wider
            self._compared.clear()


def reading(git: Git, history: History | None) -> AbstractContextManager[History]:
    """Return ``history``, which stays open, or else one that ends with the block."""
    return History(git) if history is None else nullcontext(history)
