"""Processes that a smoketest runs on loopback, and the guard that ends them with it.

``python -m promoter.smoketest.processes <program> [argument...]`` is the guard: it runs one
program until that ends or the guard's standard input is closed. A smoketest that is killed, even
by SIGKILL, closes that pipe, so none of the processes that it started outlives it.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.text import redact, telling_lines
from promoter.smoketest.report import SmoketestError

_LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)\s")
_END_SECONDS = 10.0
_GRACE_SECONDS = 3.0
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
            [sys.executable, "-m", __name__, *program.argv],
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


def run_guarded(argv: list[str]) -> int:
    """Run ``argv`` in a process group until it or our standard input ends; return its exit code."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, process_group=0) as process:
        signal.signal(signal.SIGTERM, lambda *_: _signal_group(process, signal.SIGTERM))
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
        code = process.wait()
        _signal_group(process, signal.SIGKILL)
        return code


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    sys.stdin.read()
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(run_guarded(sys.argv[1:]))
