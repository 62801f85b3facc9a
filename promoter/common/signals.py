"""SIGTERM as an exception, and blocks that no signal interrupts."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import Never


class Terminated(KeyboardInterrupt):
    """The process received SIGTERM; like Ctrl-C, it lets every ``finally`` run."""


def terminable() -> AbstractContextManager[None]:
    """Raise `Terminated` on SIGTERM in the block; no effect outside the main thread."""
    return _handled(_raise, signal.SIGTERM)


def undisturbed() -> AbstractContextManager[None]:
    """Ignore SIGTERM and Ctrl-C in the block, so that cleanup completes."""
    return _handled(signal.SIG_IGN, signal.SIGTERM, signal.SIGINT)


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
