"""Commands on a pseudo-terminal: keys are typed when a text shows."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERRUPT = b"\x03"

_SECONDS = 180


@dataclass(frozen=True)
class TerminalResult:
    """The exit code of a command, and what it wrote on its terminal."""

    code: int
    output: str


def run_on_terminal(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    shows: str,
    keys: bytes,
    times: int = 1,
) -> TerminalResult:
    """Run ``command``, and type ``keys`` each of the first ``times`` it writes ``shows``.

    One that takes too long is killed.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ignored where tests run in the background.
        os.chdir(folder)
        os.execvpe(command[0], command, {**environment, "TERM": "xterm"})
    output, typed, until = b"", 0, time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            output += _read(terminal)
        except OSError:  # Linux: the other end was closed.
            break
        if typed < min(times, output.count(shows.encode())):
            os.write(terminal, keys)
            typed += 1
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert typed == times, output.decode(errors="replace")
    return TerminalResult(os.waitstatus_to_exitcode(status), output.decode(errors="replace"))


def _read(terminal: int) -> bytes:
    readable, _, _ = select.select([terminal], [], [], 0.2)
    return os.read(terminal, 1 << 16) if readable else b""
