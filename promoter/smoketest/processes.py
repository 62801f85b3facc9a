"""Processes that a smoketest runs on loopback, each by a guard that ends it with the smoketest."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.text import redact, telling_lines
from promoter.smoketest import guard as guard_program
from promoter.smoketest.report import SmoketestError

_LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)\s")
_END_SECONDS = 10.0
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Program:
    """A program to run, and the output by which it announces its port.

    argv       the command
    variables  its environment, in addition to PATH, HOST (127.0.0.1) and PORT (0)
    port       the port of the pod that it answers for; None for every port of the pod
    ready      its output, on either stream, once it listens; group 1 is its loopback port
    seconds    the time limit for that
    source     its origin, for the evidence
    fake       True for a fake that only keeps the contract of the real program
    """

    argv: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    port: int | None = None
    ready: re.Pattern[bytes] = _LISTENING
    seconds: float = 20.0
    source: str = ""
    fake: bool = False


@dataclass(frozen=True)
class RunningProcess:
    """A started ``process`` of ``program``, or its guard; the output is in ``log``."""

    name: str
    program: Program
    process: subprocess.Popen[bytes]
    log: Path
    start: float = field(default_factory=time.monotonic)

    def port(self) -> int:
        """Return its loopback port once it listens; raise `SmoketestError` if it never does."""
        deadline = self.start + self.program.seconds
        while True:
            ended, late = self.process.poll() is not None, time.monotonic() > deadline
            if match := self.program.ready.search(self.log.read_bytes()):
                return int(match[1])
            if ended or late:
                cause = "it ended" if ended else f"not ready within {self.program.seconds:.0f} s"
                lines = redact(self.log.read_text(errors="replace")).strip().splitlines()
                output = f"; its output: {'; '.join(telling_lines(lines))}" if lines else ""
                raise SmoketestError(f"start {self.name}: {cause}{output}")
            time.sleep(_PAUSE_SECONDS)

    def end(self) -> None:
        """Close the guard's input, by which it ends the program; does not wait."""
        if self.process.stdin:
            self.process.stdin.close()


@contextmanager
def start_process(name: str, program: Program, log: Path) -> Iterator[RunningProcess]:
    """Run ``program`` until the block or this process ends."""
    environment = {
        **program.variables,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-I", "-S", guard_program.__file__, *program.argv],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as guard,
    ):
        running = RunningProcess(name, program, guard, log)
        try:
            yield running
        finally:
            running.end()
            try:
                guard.wait(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                guard.kill()
