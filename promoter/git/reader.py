"""Objects by name, read through one running git per repository, which all who ask share."""

import atexit
import os
import re
import threading
from collections import OrderedDict
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, NamedTuple, cast

from promoter.common.errors import GitError
from promoter.git.commands import Commands

_COMMAND = ("cat-file", "--batch-command", "-z")
_HEADER = re.compile(rb"([0-9a-f]{40}) ([a-z]+) ([0-9]+)\n")
_MOST = 8  # repositories with a running git
_FATAL = 128  # git's exit code where it finds no repository
_ATTEMPTS = 5  # to be answered: a git may be killed, or closed for another repository


class Object(NamedTuple):
    """One object of the repository; ``content`` is empty where only its id was asked for."""

    kind: str
    id: str
    content: bytes


class Unreadable(GitError):
    """The folder is in no repository that git reads."""


class _Ended(GitError):
    """The reader's git has ended, or was closed: another one may answer."""


class _RunningGit:
    """One running git in a folder, which answers one request at a time."""

    def __init__(self, git: Commands) -> None:
        self._git = git
        self._identity = _identity(git.dir)
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._process = self._open.enter_context(git.process(*_COMMAND))
        self._closed = False

    @property
    def current(self) -> bool:
        """True if it is open, and its folder still the one at that path."""
        # A running process keeps the number of its working folder from being used again.
        return not self._closed and self._identity == _identity(self._git.dir)

    def request(self, verb: str, name: str) -> Object | None:
        """Return what git answers; None where it has no such object."""
        with self._lock:
            try:
                return self._exchange(verb, name)
            except BaseException:  # An answer that was read in part is nobody else's.
                self._close()
                raise

    def close(self) -> None:
        """End the process, after a request of another thread."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        self._closed = True
        with suppress(BrokenPipeError):  # of a request to a git that had ended
            self._open.close()

    def _exchange(self, verb: str, name: str) -> Object | None:
        if self._closed:
            raise _Ended(f"read {name}: the reader was closed")
        answers = cast("IO[bytes]", self._process.stdout)
        with suppress(BrokenPipeError):
            requests = cast("IO[bytes]", self._process.stdin)
            requests.write(f"{verb} {name}".encode("utf-8", "surrogateescape") + b"\0")
            requests.flush()
        line = answers.readline()
        if (header := _HEADER.fullmatch(line)) is None:
            # A name that git does not find is repeated as it was sent.
            line += b"".join(answers.readline() for _ in range(name.count("\n")))
            if not line.endswith((b" missing\n", b" ambiguous\n")):
                raise self._ended(name)
            return None
        size = int(header[3]) + 1 if verb == "contents" else 0
        if len(content := answers.read(size)) != size:
            raise self._ended(name)
        return Object(header[2].decode(), header[1].decode(), content[:-1])

    def _ended(self, name: str) -> GitError:
        code = self._git.attempt("rev-parse", "--git-dir").returncode
        kind = Unreadable if code == _FATAL else _Ended
        return kind(f"read {name} in {self._git.dir}: git ended")


class _Readers:
    """The readers of this process, of the repositories that were asked last."""

    def __init__(self) -> None:
        self._of_parents: list[object] = []
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[Path, _RunningGit] = OrderedDict()

    def forget(self) -> None:
        """Leave those of the parent process to it."""
        self._of_parents.append(self._open)  # Without a reference they would be ended.
        self._begin()

    def of(self, git: Commands) -> _RunningGit:
        """Return the reader in the folder of ``git``, started if need be."""
        with self._lock:
            reader = self._open.pop(git.dir, None)
            if reader is None or not reader.current:
                if reader is not None:
                    reader.close()
                reader = _RunningGit(git)
            self._open[git.dir] = reader
            if len(self._open) > _MOST:
                self._open.popitem(last=False)[1].close()
            return reader

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()


_READERS = _Readers()
atexit.register(_READERS.close)
os.register_at_fork(after_in_child=_READERS.forget)


def read_object(git: Commands, name: str, *, content: bool = True) -> Object | None:
    """Return the object that ``name`` (an id, ``HEAD``, ``<commit>:<path>``) names, if any.

    Raises `Unreadable` where there is no repository, `GitError` where git ends without an answer.
    """
    if "\0" in name or ("\n" in name and ":" not in name):
        return None  # Only paths have line ends.
    verb = "contents" if content else "info"
    for _ in range(_ATTEMPTS - 1):
        with suppress(_Ended):
            return _READERS.of(git).request(verb, name)
    return _READERS.of(git).request(verb, name)


def id_of(git: Commands, name: str) -> str | None:
    """Return the id of what ``name`` names; None where that, or the repository, is missing."""
    try:
        found = read_object(git, name, content=False)
    except Unreadable:
        return None
    return found.id if found else None


def file_content(git: Commands, revision: str, path: str) -> bytes | None:
    """Return the bytes of ``path`` in ``revision``, None where it has no such file."""
    try:
        found = read_object(git, f"{revision}:{path}")
    except Unreadable:
        return None
    return found.content if found and found.kind == "blob" else None


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from a later one at the same path, None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
