"""The CDK Terrain CLI as a subprocess that keeps the caller's terminal."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from promoter.common.child import child, run_child, send_to_session

_POLL_SECONDS = 0.2
_LAST_OUTPUT_SECONDS = 5.0
_STREAMS = {1: "stdout", 2: "stderr"}


def run_cli(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run the CLI with its output and prompts on the terminal; return its exit code.

    In its session it can still read from the terminal. An interrupt would end the CLI at
    once, and Terraform, whose output it reads, with it: it is passed on to Terraform alone.
    So would a pipe that closes or a full device: output that is not on a terminal is copied there.
    """
    copied = {number: name for number, name in _STREAMS.items() if not os.isatty(number)}
    pipes: dict[str, Any] = dict.fromkeys(copied.values(), subprocess.PIPE)
    with child(argv, send=_send, cwd=folder, env=dict(environment), **pipes) as process:
        copies = [
            threading.Thread(target=_copy, args=(getattr(process, name), number), daemon=True)
            for number, name in copied.items()
        ]
        for copy in copies:
            copy.start()
        code = process.wait()
        for copy in copies:
            copy.join(_LAST_OUTPUT_SECONDS)  # A program that outlives the CLI may keep the pipe.
    return code


def _copy(source: "IO[bytes]", target: int) -> None:
    """Write what ``source`` has to the descriptor ``target``; what that refuses is lost."""
    with suppress(OSError, ValueError):
        while chunk := os.read(source.fileno(), 65536):
            with suppress(OSError):
                while chunk:
                    chunk = chunk[os.write(target, chunk) :]


def _send(process: "subprocess.Popen[Any]", number: signal.Signals) -> None:
    if number != signal.SIGINT:
        _send_to(_children(process.pid), number)
        send_to_session(process, number)
        return
    threading.Thread(target=_interrupt, args=(process,), daemon=True).start()


def _interrupt(process: "subprocess.Popen[Any]") -> None:
    """Interrupt each program that the CLI runs, once, until it has ended."""
    interrupted: set[int] = set()
    while process.returncode is None:
        new = set(_children(process.pid)) - interrupted
        _send_to(new, signal.SIGINT)
        interrupted |= new
        time.sleep(_POLL_SECONDS)


def _send_to(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def _children(pid: int) -> Iterator[int]:
    tasks = Path(f"/proc/{pid}/task")
    if tasks.is_dir():
        for listed in tasks.glob("*/children"):
            with suppress(OSError):  # A thread that has ended meanwhile.
                yield from map(int, listed.read_text(encoding="ascii").split())
        return
    for line in run_child(["ps", "-A", "-o", "pid=,ppid="], text=True).stdout.splitlines():
        child_id, _, parent = line.strip().partition(" ")
        if parent.strip() == str(pid):
            yield int(child_id)
