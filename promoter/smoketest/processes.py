"""Processes on loopback that a smoketest starts, each told apart by the port it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.text import redact
from promoter.smoketest.errors import SmoketestError

START_SECONDS = 20.0
LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)\s")
_END_SECONDS = 10.0
_PAUSE_SECONDS = 0.02
_TAIL = 400


@dataclass(frozen=True)
class Program:
    """How a process is started, and how it is known to listen.

    argv       the command
    variables  its environment, beside PATH, HOST (127.0.0.1) and PORT (0)
    port       the port of a pod that it answers for; None for every port of the pod
    ready      what it says, on either stream, once it listens; group 1 is its port of loopback
    seconds    how long that may take
    source     where it is from, for evidence
    """

    argv: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    port: int | None = None
    ready: re.Pattern[bytes] = LISTENING
    seconds: float = START_SECONDS
    source: str = ""


@dataclass(frozen=True)
class RunningProcess:
    """A process that was started; what it says is in ``log``."""

    name: str
    program: Program
    guard: subprocess.Popen[bytes]
    log: Path
    began: float = field(default_factory=time.monotonic)

    def port(self) -> int:
        """Its port of loopback, once it says so.

        Raises `SmoketestError` with its last words where it is not ready in time.
        """
        until = self.began + self.program.seconds
        while True:
            ended, late = self.guard.poll() is not None, time.monotonic() > until
            if found := self.program.ready.search(self.log.read_bytes()):
                return int(found[1])
            if ended or late:
                why = "it ended" if ended else f"nothing within {self.program.seconds:.0f} s"
                raise SmoketestError(f"start {self.name}: {why}{self._tail()}")
            time.sleep(_PAUSE_SECONDS)

    def _tail(self) -> str:
        last = redact(self.log.read_text(errors="replace")).strip()[-_TAIL:]
        return f"; its last words: {last}" if last else ""


@contextmanager
def started(name: str, program: Program, log: Path) -> Iterator[RunningProcess]:
    """``program`` while the block runs; it ends with the block, or with this process."""
    environment = {
        **program.variables,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "promoter.smoketest.guard", *program.argv],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as guard,
    ):
        try:
            yield RunningProcess(name, program, guard, log)
        finally:
            _end(guard)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the guard's input, which ends its program; kill the guard only if it stays."""
    assert process.stdin is not None  # noqa: S101
    process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
