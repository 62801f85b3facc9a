"""The CDK Terrain CLI as a subprocess that keeps the caller's terminal."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from promoter.common.signals import wait_through
from promoter.programs.terraform import STOP_SECONDS

_POLL_SECONDS = 0.2


def run_cli(
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    note: Callable[[str], None],
) -> int:
    """Run the CLI with its output and prompts on the terminal; return its exit code.

    It runs in a session of its own (where it can still read from the terminal): Ctrl-C would
    end the CLI at once, and Terraform, whose output it reads, with it. Interrupted, this
    passes the interrupt on to Terraform alone, once, and waits.
    """
    with subprocess.Popen(
        argv, cwd=folder, env=dict(environment), start_new_session=True
    ) as process:
        interrupted = threading.Thread(target=_interrupt, args=(process,), daemon=True)
        return wait_through(process, interrupted.start, note, STOP_SECONDS)


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Interrupt each program that the CLI runs, once, until it has ended."""
    interrupted: set[int] = set()
    while process.returncode is None:
        for child in set(_children(process.pid)) - interrupted:
            interrupted.add(child)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
        time.sleep(_POLL_SECONDS)


def _children(pid: int) -> Iterator[int]:
    tasks = Path(f"/proc/{pid}/task")
    if tasks.is_dir():
        for listed in tasks.glob("*/children"):
            with contextlib.suppress(OSError):  # A thread that has ended meanwhile.
                yield from map(int, listed.read_text(encoding="ascii").split())
        return
    done = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False
    )
    for line in done.stdout.splitlines():
        child, _, parent = line.strip().partition(" ")
        if parent.strip() == str(pid):
            yield int(child)
