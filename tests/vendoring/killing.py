"""Kill a run at each of its steps: every folder, file, rename and git command that it begins."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator

_STEPS = frozenset(
    {
        "subprocess.Popen",
        "ctypes.dlopen",
        "ctypes.dlsym",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.remove",
        "os.chmod",
        "os.symlink",
        "tempfile.mkdtemp",
        "shutil.rmtree",
    }
)


# git commands that change only the staging folder, or objects that no ref reaches.
_HARMLESS = frozenset(
    [
        "init",
        "config",
        "ls-remote",
        "fetch",
        "for-each-ref",
        "rev-list",
        "ls-tree",
        "log",
        "describe",
        "show-ref",
        "rev-parse",
        "cat-file",
        "status",
        "var",
        "hash-object",
        "commit-tree",
    ]
)


def _is_step(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        return isinstance(arguments[1], str) and arguments[1][:1] in ("w", "a", "x")
    if event == "subprocess.Popen" and isinstance(arguments[1], list):
        return not _HARMLESS.intersection(arguments[1][1:3])
    return event in _STEPS


def survives(action: Callable[[], object], steps: int) -> bool:
    """Return whether ``action`` ended before step number ``steps``, at which it is killed."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return False
        assert os.waitstatus_to_exitcode(status) == 0
        return True
    left = steps

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if _is_step(event, arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        sys.addaudithook(hook)
        action()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def every_kill(action: Callable[[], object]) -> Iterator[int]:
    """Yield the number of each step that ``action`` is killed at, until it survives."""
    for step in range(1, 500):
        if survives(action, step):
            return
        yield step
    raise AssertionError("it never came to an end")
