"""Processes on loopback that a smoketest starts, each told apart by the port it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from promoter.testflight.errors import TestflightError
from promoter.testflight.forwarding import first_match

START_SECONDS = 20.0
_LISTENING = re.compile(rb"listening on 127\.0\.0\.1:(\d+)\s")
_END_SECONDS = 10.0
_TAIL = 400


@contextmanager
def serving(
    name: str,
    argv: Sequence[str],
    variables: Mapping[str, str],
    log: Path,
    seconds: float = START_SECONDS,
) -> Iterator[int]:
    """The loopback port on which ``argv`` serves while the block runs.

    It is told HOST=127.0.0.1 and PORT=0, and says on standard output "listening on
    127.0.0.1:<port>". It ends with the block, or with this process. Raises `TestflightError`
    with its last words where it does not say so within ``seconds``.
    """
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **variables,
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "promoter.testflight.guard", *argv],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            assert process.stdout is not None  # noqa: S101
            said = first_match(process.stdout, _LISTENING, seconds)
            if not isinstance(said, re.Match):
                raise TestflightError(f"start {name}: {said}{_tail(log)}")
            yield int(said[1])
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the guard's input, which ends its program; kill the guard only if it stays."""
    assert process.stdin is not None  # noqa: S101
    process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _tail(log: Path) -> str:
    last = log.read_text(errors="replace").strip()[-_TAIL:]
    return f"; its last words: {last}" if last else ""
