"""SIGTERM as an exception, blocks that no signal interrupts, and children that are waited for."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import FrameType
from typing import Any, Never


class Terminated(KeyboardInterrupt):
    """The process received SIGTERM; like Ctrl-C, it lets every ``finally`` run."""


def terminable() -> AbstractContextManager[None]:
    """Raise `Terminated` on SIGTERM in the block; no effect outside the main thread."""
    return _handled(_raise, signal.SIGTERM)


def undisturbed() -> AbstractContextManager[None]:
    """Ignore SIGTERM and Ctrl-C in the block, so that cleanup completes."""
    return _handled(signal.SIG_IGN, signal.SIGTERM, signal.SIGINT)


def wait_through(
    process: subprocess.Popen[Any],
    stop: Callable[[], None],
    note: Callable[[str], None],
    seconds: float,
) -> int:
    """Return the exit code of ``process``, a session of its own; raise what interrupts the wait.

    Then ``stop`` is called once and the process is waited for: it ends what it has begun and
    saves its state. Killed, it would leave behind what no state knows, so only a process that
    still runs after ``seconds`` is. Further signals change nothing.
    """
    try:
        return process.wait()
    except BaseException:
        with undisturbed():
            stop()
            note("interrupted: waiting until what has begun has ended")
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        raise


@contextmanager
def _handled(
    handler: signal.Handlers | Callable[[int, FrameType | None], Never], *numbers: signal.Signals
) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _raise(number: int, frame: FrameType | None) -> Never:  # noqa: ARG001
    raise Terminated
