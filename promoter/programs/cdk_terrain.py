"""The CDK Terrain CLI as a subprocess without a terminal.

On a terminal it moves the cursor, and what it shows there is anybody's text: values, names, and
messages of providers and clusters.
"""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from promoter.common.child import child, run_child, send_to_session
from promoter.common.text import printable, redact

_POLL_SECONDS = 0.2
_LAST_OUTPUT_SECONDS = 5.0
_PIPES: Mapping[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
}
WITHOUT_HOME: Mapping[str, str] = {
    "CHECKPOINT_DISABLE": "1",
    "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
}
"""The variables without which the CLI reports its use and makes folders in the home folder."""
# With it the CLI writes each line once, and erases none.
_LINE_BY_LINE = {"CI": "true"}
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def run_cli(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> int:
    """Run the CLI, copy its output line by line as `printable` text; return its exit code.

    An interrupt would end the CLI at once, and Terraform, whose output it reads, with it: it is
    passed on to Terraform alone. So would a pipe that closes or a full device, without the copies.
    """
    variables = {**environment, **WITHOUT_HOME, **_LINE_BY_LINE}
    with child(argv, send=_send, cwd=folder, env=variables, **_PIPES) as process:
        streams = ((process.stdout, 1), (process.stderr, 2))
        copies = [threading.Thread(target=_copy, args=each, daemon=True) for each in streams]
        for copy in copies:
            copy.start()
        code = process.wait()
        for copy in copies:
            copy.join(_LAST_OUTPUT_SECONDS)  # A program that outlives the CLI may keep the pipe.
    return code


def _copy(source: "IO[bytes]", target: int) -> None:
    """Write each line of ``source`` to the descriptor ``target``; what that refuses is lost."""
    with suppress(OSError, ValueError):
        for line in source:
            text = _STYLE.sub("", line.decode(errors="backslashreplace")).rstrip("\r\n")
            left = f"{printable(redact(text))}\n".encode()
            with suppress(OSError):
                while left:
                    left = left[os.write(target, left) :]


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
