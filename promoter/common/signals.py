"""Interrupts: passed on to running children, raised once those have ended, or held back.

Both SIGINT and SIGTERM are interrupts. The handlers raise between two children only, so that no
child is left behind between its start and the wait for it. A cleanup's children are spared the
first interrupt: what they remove would outlive the command.
"""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Never, Protocol

Handler = Callable[[int, FrameType | None], Any]


class Interruptible(Protocol):
    """A running child."""

    def interrupt(self, *, spared: bool) -> None:
        """Ask it to end what it has begun, unless ``spared``; end it at once in a second call."""


class Interrupts:
    """The interrupts of this process, and the children of all its threads that get them."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda line: None  # noqa: ARG005
        self.children: set[Interruptible] = set()
        self.received = 0
        self.lock = threading.RLock()  # The handler may interrupt its holder.
        self._held_back: list[Callable[[], Never]] = []
        self._depth = 0
        self._cleanups = 0

    def handler(self, end: Callable[[int], Never]) -> Handler:
        """Return the handler that passes an interrupt on, then calls ``end``, which raises."""

        def receive(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
            with self.lock:
                self.received += 1
                children = tuple(self.children)
            if self._depth:
                self._held_back.append(lambda: end(number))
            if children:
                self.pass_on(*children)
            if not self._depth:
                end(number)

        return receive

    def pass_on(self, *children: Interruptible) -> None:
        """Interrupt ``children``, and say that they are waited for."""
        # In a thread: this one may be in the middle of printing, and hold its lock.
        threading.Thread(target=self.tell, args=(_WORDS,)).start()
        for child in children:
            child.interrupt(spared=self._cleanups > 0 and len(self._held_back) < 2)

    @contextmanager
    def held_back(self, *, cleanup: bool = False) -> Iterator[None]:
        """Raise an interrupt that arrives during the block at its end, and not in it.

        In a ``cleanup`` only a second one is passed on to children. No effect outside the main
        thread, which is the one that interrupts are raised in.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._depth += 1
        self._cleanups += cleanup
        try:
            yield
        finally:
            self._depth -= 1
            self._cleanups -= cleanup
            if self._held_back and not self._depth:
                first = self._held_back[0]
                self._held_back.clear()
                first()


_WORDS = (
    "interrupted: waiting until what has begun has ended; a second interrupt ends it at once, "
    "unfinished"
)

INTERRUPTS = Interrupts()


def interruptible(tell: Callable[[str], None]) -> None:
    """Let an interrupt of this command raise `KeyboardInterrupt`, and SIGTERM `SystemExit`.

    ``tell`` prints that children are waited for. SIGINT stays ignored where the caller ignores it
    (a job in the background of a shell), but not for children: they get what is passed on.
    """
    INTERRUPTS.tell = tell
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, _ignore if ignored else INTERRUPTS.handler(_interrupt))
    signal.signal(signal.SIGTERM, INTERRUPTS.handler(_exit))


def _ignore(number: int, frame: FrameType | None) -> None:
    """Do nothing; unlike SIG_IGN, children do not inherit it."""


def _interrupt(number: int) -> Never:  # noqa: ARG001
    raise KeyboardInterrupt


def _exit(number: int) -> Never:
    sys.exit(128 + number)
