"""Processes that outlive the command that started them, and are told apart from strangers.

A pid is given to another process once its owner has gone. So a process is known by its pid
together with the moment at which it started, and only one that matches both is ever ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import PlatformError

# The child waits for one line before it becomes the program: a parent that is killed
# before it has noted the pid leaves no process behind that nobody knows of.
_WAIT_THEN_BECOME = 'read -r go || exit 1; exec "$@" </dev/null'
_GRACE_SECONDS = 5.0
_KILL_SECONDS = 5.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class ProcessId:
    """One process for ever: its pid, and a mark of when it started that no other one has."""

    pid: int
    mark: str

    @classmethod
    def of_this(cls) -> ProcessId:
        """The calling process."""
        return cls(os.getpid(), _mark(os.getpid()) or "")

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        return _mark(self.pid) == self.mark

    def signal(self, number: signal.Signals) -> None:
        """Send ``number``, but only to this very process."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def start(
    argv: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    note: Callable[[ProcessId], None],
) -> ProcessId:
    """Start ``argv`` in a session of its own, writing to ``log``; ``note`` it before it runs."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT_THEN_BECOME, "sh", *argv],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=log.parent,
            env=dict(environment),
        )
    assert process.stdin is not None  # noqa: S101 - it was asked for as a pipe
    with process.stdin as go:
        mark = _mark(process.pid)
        if mark is None:
            raise PlatformError(f"start {argv[0]}: it was gone at once")
        started = ProcessId(process.pid, mark)
        note(started)
        go.write(b"go\n")
    # It runs on when we end; without this Popen would warn of that.
    process.returncode = 0
    return started


def end(processes: Sequence[ProcessId]) -> None:
    """End ``processes``: ask, wait a bounded time, kill; raises `PlatformError` if one stays."""
    for number, seconds in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, _KILL_SECONDS)):
        for process in processes:
            process.signal(number)
        if _all_gone(processes, seconds):
            return
    left = ", ".join(str(process.pid) for process in processes if process.alive)
    raise PlatformError(
        f"end process {left}: still there after SIGKILL", next_step="look at it with ps"
    )


def _all_gone(processes: Sequence[ProcessId], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(process.alive for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _mark(pid: int) -> str | None:
    """When the process ``pid`` started, in a form that only equality is meant for."""
    if Path("/proc/self/stat").exists():
        return _proc_mark(pid)
    return _ps_mark(pid)


def _proc_mark(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # proc(5): the name in parentheses may hold anything; after it, state is field 3 and
    # the start time in clock ticks since boot field 22.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" and not _has_threads(pid) else f"{boot}:{fields[19]}"


def _has_threads(pid: int) -> bool:
    """Whether threads of a dead process are still leaving: until then its ports are in use."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


def _ps_mark(pid: int) -> str | None:
    done = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )
    state, _, started = done.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
