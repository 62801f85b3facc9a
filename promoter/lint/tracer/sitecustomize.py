"""Report which files of a tree a Python process reads, and which line of the tree reads them.

Python imports a module of this name when it starts. It runs in the environment that stacks
are built in, so it needs nothing but the standard library. ``PROMOTER_TRACE_TREE`` is the
tree, ``PROMOTER_TRACE`` the report: lines of JSON with kind, path and reader. Of each file
the first read counts. Code declares inputs with the audit events ``stacks.input`` and
``stacks.names`` (modules/inputs.py).
"""

from __future__ import annotations

import json
import os
import sys
from types import FrameType
from typing import Any

_absolute = os.path.abspath  # does not resolve links: a link shapes a stack too
_KINDS = {
    "open": "opened",
    "import": "opened",  # an extension module; others are opened
    "os.listdir": "listed",
    "os.scandir": "listed",
    "stacks.input": "declared",
    "stacks.names": "names",
}


class _Tracer:
    def __init__(self, tree: str, report: int) -> None:
        self._trees = tuple({f"{_absolute(tree)}/", f"{os.path.realpath(tree)}/"})
        self._report = report
        self._reported: set[tuple[str, str | None, str]] = set()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = _KINDS.get(event)
        if kind is None or (path := _path(event, arguments)) is None:
            return
        if self._inside(path) is None:
            return
        caller = sys._getframe().f_back  # None where Python itself opens the first file
        if kind == "listed" and caller is not None and _is_search(caller.f_code.co_filename):
            return
        if kind in ("declared", "names") and caller is not None:
            caller = caller.f_back  # the caller of the function that raises the event
        file, reader = self._reader(caller)
        # A link shapes the stack by its own target, and by the file that it leads to.
        for inside in {self._inside(path), self._inside(os.path.realpath(path))} - {None}:
            key = (kind, inside, file if kind in ("listed", "names") else "")
            if key not in self._reported:
                self._reported.add(key)
                line = json.dumps({"kind": kind, "path": inside, "file": file, "reader": reader})
                os.write(self._report, f"{line}\n".encode())

    def _inside(self, path: str) -> str | None:
        for tree in self._trees:
            if path.startswith(tree):
                return path[len(tree) :]
            if f"{path}/" == tree:
                return ""
        return None

    def _reader(self, frame: FrameType | None) -> tuple[str, str]:
        """Return the file of the innermost code of the tree, and its line and name to display."""
        while frame is not None:
            name = frame.f_code.co_filename
            # "<frozen importlib>" and "<string>" are no files.
            file = None if name.startswith("<") else self._inside(_absolute(name))
            if file is not None:
                function = frame.f_code.co_qualname.partition(".<locals>")[0]
                name = "" if function == "<module>" else f" ({function})"
                return file, f"{file}:{frame.f_lineno}{name}"
            frame = frame.f_back
        return "", ""


def _is_search(file: str) -> bool:
    """Return whether ``file`` searches modules or distributions, which it opens when found."""
    return file.startswith("<frozen importlib") or f"{os.sep}importlib{os.sep}" in file


def _path(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Return the absolute path that an event reads, None if it reads none."""
    path = arguments[1] if event == "import" else arguments[0]
    if event in ("os.listdir", "os.scandir") and path is None:
        path = "."
    flags = arguments[2] if event == "open" else os.O_RDONLY
    written = isinstance(flags, int) and flags & os.O_ACCMODE == os.O_WRONLY
    if written or not isinstance(path, str | bytes | os.PathLike):
        return None
    return _absolute(os.fsdecode(path))


def _start() -> None:
    tree, report = os.environ.get("PROMOTER_TRACE_TREE"), os.environ.get("PROMOTER_TRACE")
    if tree and report:
        opened = os.open(report, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(opened, b'{"kind": "started", "path": "", "file": "", "reader": ""}\n')
        sys.addaudithook(_Tracer(tree, opened))


_start()
