"""Children: programs that run to their end, each in a session of its own.

A terminal sends Ctrl-C to the whole process group of a command, so a child in that group would be
ended in the middle of its work. In a session of its own it gets what `signals` passes on: the
first interrupt, after which it is waited for. A second one kills it with all that it has started.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.signals import INTERRUPTS

Send = Callable[["subprocess.Popen[Any]", signal.Signals], None]


def send_to_session(process: "subprocess.Popen[Any]", number: signal.Signals) -> None:
    """Send ``number`` to a child and to everything in its process group."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):  # macOS: of a zombie.
            os.killpg(process.pid, number)


@dataclass(eq=False)
class _Child:
    process: "subprocess.Popen[Any]"
    send: Send
    interrupted: bool = False

    def interrupt(self, *, spared: bool) -> None:
        number = signal.SIGKILL if self.interrupted else signal.SIGINT
        self.interrupted = True
        if not spared:
            self.send(self.process, number)


@contextmanager
def child(
    argv: Sequence[str | Path],
    *,
    send: Send = send_to_session,
    terminal: bool = False,
    **options: Any,
) -> Iterator["subprocess.Popen[Any]"]:
    """Run ``argv`` with the ``options`` of `subprocess.Popen`; wait for it after the block.

    An interrupt is passed on by ``send``, and raised once the child has ended. Any error in the
    block kills it. A child that may prompt for a passphrase keeps this process's ``terminal``.
    """
    if terminal:
        send = subprocess.Popen.send_signal
    with INTERRUPTS.held_back():
        before = INTERRUPTS.received
        with subprocess.Popen(argv, start_new_session=not terminal, **options) as process:
            running = _Child(process, send)
            with INTERRUPTS.lock:
                INTERRUPTS.children.add(running)
                late = INTERRUPTS.received > before and not running.interrupted
            try:
                if late:
                    INTERRUPTS.pass_on(running)  # It arrived while the child was started.
                yield process
                process.wait()
            except BaseException:
                send(process, signal.SIGKILL)
                raise
            finally:
                INTERRUPTS.children.discard(running)


def run_child(
    argv: Sequence[str | Path],
    *,
    stdin: bytes | str | None = None,
    seconds: float | None = None,
    **options: Any,
) -> "subprocess.CompletedProcess[Any]":
    """Run ``argv`` with ``stdin``, nothing by default, to its end; return what it wrote.

    Raises `subprocess.TimeoutExpired` after ``seconds``; then it was killed.
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if stdin is None:
        pipes["stdin"] = subprocess.DEVNULL
    with child(argv, **{**pipes, **options}) as process:
        written, failed = process.communicate(stdin or None, seconds)
    return subprocess.CompletedProcess(process.args, process.returncode, written, failed)
