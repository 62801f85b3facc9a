"""How commits are read: objects, listings, the graph, and what changed along its edges.

Every answer comes from a git process that stays open and is asked question by question, so
the cost is that of the commits that are looked at, not of starting git for each. What was
read once is kept: a hundred environments decided through one history read it once.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from promoter.common.errors import GitError
from promoter.gate.comparison import Changes, Comparison, Folders
from promoter.gate.edges import Edges
from promoter.gate.graph import Graph
from promoter.git import Git
from promoter.git.objects import About, Object, Tree, TreeEntry, about, folder_of

# libgit2, which cepler reads with, knows no replacement objects.
_PLAIN = {"GIT_NO_REPLACE_OBJECTS": "1"}
_ANSWER = re.compile(rb"([0-9a-f]{40}) ([a-z]+) ([0-9]+)\n")


class History:
    """Reads one repository; close it, or use it as a context manager."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._open = ExitStack()
        self._objects: subprocess.Popen[bytes] | None = None
        self._commits: dict[str, About] = {}
        self._folders: dict[str, Tree] = {}
        self._graphs: list[Graph] = []
        self._comparisons: list[Comparison] = []
        self._edges: dict[tuple[Graph, Comparison], Edges] = {}
        self._expected: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the git processes."""
        self._open.close()
        self._objects = None
        self._graphs.clear()
        self._comparisons.clear()
        self._edges.clear()

    # --- objects -------------------------------------------------------------------

    def read(self, name: str) -> Object | None:
        """The object that ``name`` stands for (an id, ``HEAD``, ``<commit>:<path>``), or None."""
        if self._objects is None:
            self._objects = self._start("cat-file", "--batch", "-z")
        asked, answers = _pipes(self._objects)
        asked.write(name.encode("utf-8", "surrogateescape") + b"\0")
        asked.flush()
        head = _ANSWER.fullmatch(line := answers.readline())
        if head is None:
            if not line:
                raise GitError(f"read {name} in {self.git.dir}: git cat-file ended")
            for _ in range(name.count("\n")):  # a missing name is repeated as it was asked
                answers.readline()
            return None
        content = answers.read(int(head[3]))
        answers.read(1)
        return Object(head[2].decode(), head[1].decode(), content)

    def commit(self, revision: str) -> str | None:
        """The id of the commit called ``revision``, None where there is none (tags are not)."""
        found = self.read(revision)
        return found.id if found is not None and found.kind == "commit" else None

    def about(self, commit: str) -> About | None:
        """What the commit with the id ``commit`` says, None where there is none."""
        known = self._commits.get(commit)
        if known is None:
            found = self.read(commit)
            if found is None or found.kind != "commit":
                return None
            known = self._commits[commit] = about(found.content)
        return known

    def file(self, commit: str, path: str) -> Object | None:
        """The blob at ``path`` (taken literally) in ``commit``, None where there is none."""
        if not _is_plain(path):
            return None  # no tree has such an entry; git would resolve it from its folder
        found = self.read(f"{commit}:{path}")
        return found if found is not None and found.kind == "blob" else None

    # --- folders -------------------------------------------------------------------

    def entry(self, commit: str, path: str) -> TreeEntry | None:
        """The file's entry at ``path`` in ``commit``, None where there is none."""
        folder, _, name = path.rpartition("/")
        tree = self._tree(commit, folder)
        return self._folder(tree).files.get(name) if tree else None

    def listing(self, commit: str, folders: Iterable[str] = ("",)) -> dict[str, TreeEntry]:
        """Every file of ``commit`` at or below ``folders``, links included, submodules not."""
        chosen = Folders(folders)
        entries: dict[str, TreeEntry] = {}
        for path in sorted(chosen.paths):
            if (entry := self.entry(commit, path)) is not None:
                entries[path] = entry
            elif (tree := self._tree(commit, path)) is not None:
                self._collect(tree, f"{path}/" if path else "", entries)
        return entries

    def _tree(self, commit: str, path: str) -> str | None:
        """The id of the folder at ``path`` in ``commit``, None where there is none."""
        known = self.about(commit)
        if known is None:
            raise GitError(f"read commit {commit} in {self.git.dir}: there is no such commit")
        tree: str | None = known.tree
        for name in path.split("/") if path else ():
            tree = self._folder(tree).folders.get(name) if tree else None
        return tree

    def _folder(self, tree: str) -> Tree:
        found = self._folders.get(tree)
        if found is None:
            read = self.read(tree)
            if read is None:
                raise GitError(
                    f"read folder {tree} in {self.git.dir}: the object is missing",
                    next_step="git fsck, then fetch again or clone anew",
                )
            found = self._folders[tree] = folder_of(read.content)
        return found

    def _collect(self, tree: str, start: str, entries: dict[str, TreeEntry]) -> None:
        folder = self._folder(tree)
        for name, entry in folder.files.items():
            entries[start + name] = entry
        for name, below in folder.folders.items():
            self._collect(below, f"{start}{name}/", entries)

    # --- the graph -----------------------------------------------------------------

    def graph(self, commit: str) -> Graph:
        """The commits from ``commit`` back, read as far as they are asked for."""
        for graph in self._graphs:
            if graph.reaches(commit):
                return graph
        options = ("--no-commit-header", "--format=%H %T %P")
        self._graphs.append(Graph(self._start("rev-list", *options, commit, "--")))
        return self._graphs[-1]

    def expect(self, folders: Iterable[str]) -> None:
        """Say below which paths changes will be asked for, so that one process serves all."""
        self._expected |= frozenset(folders)

    def changes(self, folders: Iterable[str] = ("",)) -> Changes:
        """What changed along edges, at or below ``folders``."""
        wanted = Folders(folders)
        return Changes(self._comparison(wanted), wanted)

    def edges(self, graph: Graph, folders: Iterable[str]) -> Edges:
        """The paths that changed along edges of ``graph``, below ``folders`` at least."""
        comparison = self._comparison(Folders(folders))
        if (graph, comparison) not in self._edges:
            self._edges[graph, comparison] = Edges(graph, comparison)
        return self._edges[graph, comparison]

    def _comparison(self, wanted: Folders) -> Comparison:
        for comparison in self._comparisons:
            if comparison.folders.cover(wanted):
                return comparison
        wider = Folders(wanted.paths | self._expected).fewer()
        options = ("--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
        only = () if "" in wider.paths else ("--", *wider.paths)
        session = self._start("--literal-pathspecs", "diff-tree", *options, *only)
        self._comparisons.append(Comparison(session, wider))
        return self._comparisons[-1]

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the history ends where a shallow clone cut it."""
        return self.git.text("rev-parse", "--is-shallow-repository") == "true"

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self._open.enter_context(
            self.git.process(*arguments, env={**_PLAIN, "GIT_FLUSH": "0"})
        )


@contextmanager
def reading(git: Git, history: History | None) -> Iterator[History]:
    """``history``, which stays open; where there is none, one that ends with the block."""
    if history is not None:
        yield history
        return
    with History(git) as opened:
        yield opened


def _is_plain(path: str) -> bool:
    return bool(path) and not path.startswith(("/", "./", "../")) and path not in (".", "..")


def _pipes(process: subprocess.Popen[bytes]) -> tuple[Any, Any]:
    return process.stdin, process.stdout
