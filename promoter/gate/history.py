"""How commits are read: objects, listings, the graph, and what changed along its edges.

Every answer comes from a git process that stays open and is asked question by question, so
the cost is that of the commits that are looked at, not of starting git for each.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, NamedTuple, Self

from promoter.errors import GitError
from promoter.git import Git

# libgit2, which cepler reads with, knows no replacement objects.
_PLAIN = {"GIT_NO_REPLACE_OBJECTS": "1"}
_BLOBS = frozenset({"100644", "100664", "100755", "120000"})
_ANSWER = re.compile(rb"([0-9a-f]{40}) ([a-z]+) ([0-9]+)\n")
_CHUNK = 256  # edges asked for at once: their text fits into a pipe


class Entry(NamedTuple):
    """A file of a commit: its mode as git writes it and its blob's id."""

    mode: str
    blob: str


class Object(NamedTuple):
    """One object of the repository."""

    kind: str
    id: str
    content: bytes


class Node(NamedTuple):
    """A commit in the graph."""

    tree: str
    parents: tuple[str, ...]


class Change(NamedTuple):
    """A path that differs along an edge; an entry is None where there is no file."""

    path: str
    child: Entry | None
    parent: Entry | None


def decode(raw: bytes) -> str:
    """A path as text; bytes that are no UTF-8 survive the way back."""
    return raw.decode("utf-8", "surrogateescape")


class History:
    """Reads one repository; close it, or use it as a context manager."""

    def __init__(self, git: Git) -> None:
        self.git = git
        self._open = ExitStack()
        self._objects: subprocess.Popen[bytes] | None = None

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

    def file(self, commit: str, path: str) -> Object | None:
        """The blob at ``path`` (taken literally) in ``commit``, None where there is none."""
        if not path or path.startswith(("/", "./", "../")) or path in (".", ".."):
            return None  # no tree has such an entry; git would resolve it from its folder
        found = self.read(f"{commit}:{path}")
        return found if found is not None and found.kind == "blob" else None

    def entry(self, commit: str, path: str) -> Entry | None:
        """The file's entry at ``path`` in ``commit``, None where there is none."""
        folder, _, name = path.rpartition("/")
        tree = self.read(f"{commit}:{folder}")
        if tree is None or tree.kind != "tree":
            return None
        wanted = name.encode("utf-8", "surrogateescape")
        for mode, found, blob in _tree(tree.content):
            if found == wanted:
                return _entry(mode, blob)
        return None

    def listing(self, commit: str, folders: Iterable[str] = ("",)) -> dict[str, Entry]:
        """Every file of ``commit`` at or below ``folders``, links included, submodules not."""
        only = [] if "" in (chosen := list(folders)) else ["--", *chosen]
        if not chosen:
            return {}
        raw = self.git.output("ls-tree", "-r", "-z", "--full-tree", commit, *only, env=_PLAIN)
        entries: dict[str, Entry] = {}
        for record in decode(raw).split("\0"):
            about, _, path = record.partition("\t")
            mode = about[:6]
            if mode in _BLOBS:
                entries[path] = Entry(mode, about[12:])
        return entries

    @property
    def empty_tree(self) -> str:
        """The id of the tree without entries; git knows it without having it."""
        return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

    # --- the graph -----------------------------------------------------------------

    def graph(self, commit: str) -> Graph:
        """The commits from ``commit`` back, read as far as they are asked for."""
        return Graph(
            self._start("rev-list", "--no-commit-header", "--format=%H %T %P", commit, "--")
        )

    def changes(self, folders: Iterable[str] = ("",)) -> Changes:
        """What changed along edges, at or below ``folders``."""
        chosen = list(folders)
        only = [] if "" in chosen else ["--", *chosen]
        options = ("--stdin", "-r", "-z", "--raw", "--no-renames", "--no-abbrev")
        return Changes(self._start("--literal-pathspecs", "diff-tree", *options, *only))

    def is_shallow(self) -> bool:
        """Whether the history ends where a shallow clone cut it."""
        return self.git.text("rev-parse", "--is-shallow-repository") == "true"

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return self._open.enter_context(
            self.git.process(*arguments, env={**_PLAIN, "GIT_FLUSH": "0"})
        )


class Graph:
    """Commits with tree and parents, in the order in which ``git rev-list`` gives them."""

    def __init__(self, stream: subprocess.Popen[bytes]) -> None:
        self._lines = _pipes(stream)[1]
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


class Changes:
    """Tree comparisons: ask for many, read them one by one."""

    def __init__(self, session: subprocess.Popen[bytes]) -> None:
        self._asked, self._answers = _pipes(session)
        self._mark = b"=" + os.urandom(8).hex().encode() + b"\n"
        self._buffer = b""

    def along(self, edges: list[tuple[str, str]]) -> list[list[Change]]:
        """For each (child's tree, parent's tree) what differs, in the same order."""
        answers: list[list[Change]] = [[] for _ in edges]
        # Equal trees are most of them where a history is about other folders.
        asked = [place for place, (child, parent) in enumerate(edges) if child != parent]
        for start in range(0, len(asked), _CHUNK):
            places = asked[start : start + _CHUNK]
            found = self._chunk([edges[place] for place in places])
            for place, changes in zip(places, found, strict=True):
                answers[place] = changes
        return answers

    def _chunk(self, edges: list[tuple[str, str]]) -> list[list[Change]]:
        question = b"".join(
            b"%b %b\n%b" % (child.encode(), parent.encode(), self._mark) for child, parent in edges
        )
        self._asked.write(question)
        self._asked.flush()
        return [_changes(self._answer()) for _ in edges]

    def _answer(self) -> bytes:
        while (end := self._buffer.find(self._mark)) < 0:
            more = self._answers.read1(1 << 16)
            if not more:
                raise GitError("compare trees: git diff-tree ended; is an object missing?")
            self._buffer += more
        answer, self._buffer = self._buffer[:end], self._buffer[end + len(self._mark) :]
        return answer


def _changes(raw: bytes) -> list[Change]:
    if not raw:
        return []
    fields = decode(raw).split("\0")
    changes: list[Change] = []
    for about, path in zip(fields[::2], fields[1::2], strict=False):
        # ":<mode> <mode> <id> <id> <letter>"; the first has the two trees' line before it
        child_mode, parent_mode, child, parent, _ = about[about.rfind(":") + 1 :].split(" ")
        changes.append(Change(path, _entry(child_mode, child), _entry(parent_mode, parent)))
    return changes


def _tree(content: bytes) -> Iterator[tuple[str, bytes, str]]:
    position = 0
    while position < len(content):
        name = content.index(b"\0", position)
        mode, _, path = content[position:name].partition(b" ")
        position = name + 21
        yield mode.decode("ascii"), path, content[name + 1 : position].hex()


def _entry(mode: str, blob: str) -> Entry | None:
    return Entry(mode, blob) if mode in _BLOBS else None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[Any, Any]:
    return process.stdin, process.stdout
