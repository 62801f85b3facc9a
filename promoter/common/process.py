"""Processes that outlive the command that started them, identified safely.

A pid is reused once its process has ended. So a process is identified by its pid together
with the time at which it started, and only one that matches both is ever signaled.
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

from promoter.common.child import run_child
from promoter.common.environment import child_environment
from promoter.common.errors import PlatformError

# The child waits for one line before it becomes the program: a parent that is killed
# before it has recorded the pid leaves no unknown process behind.
_WAIT_THEN_BECOME = 'read -r go || exit 1; exec "$@" </dev/null'
_GRACE_SECONDS = 5.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class ProcessId:
    """The identity of one process: its pid, and a mark of its start that no other one has."""

    pid: int
    mark: str

    @classmethod
    def of_this(cls) -> ProcessId:
        """Return the calling process."""
        return cls(os.getpid(), _mark(os.getpid()) or "")

    @property
    def alive(self) -> bool:
        """True if exactly this process is running (a zombie is not)."""
        return _mark(self.pid) == self.mark

    def signal(self, number: signal.Signals) -> None:
        """Send ``number`` to this process, never to another with the same pid."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def start(
    argv: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    note: Callable[[ProcessId], None],
) -> ProcessId:
    """Start ``argv`` in its own session, writing to ``log``; call ``note`` before it runs."""
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
    assert process.stdin is not None  # noqa: S101 - requested as a pipe
    with process.stdin as go:
        mark = _mark(process.pid)
        if mark is None:
            raise PlatformError(f"start {argv[0]}: it exited at once")
        started = ProcessId(process.pid, mark)
        note(started)
        go.write(b"go\n")
    # It keeps running when we exit; without this Popen would warn about that.
    process.returncode = 0
    return started


def end(processes: Sequence[ProcessId]) -> None:
    """Stop ``processes``: SIGTERM, a bounded wait, SIGKILL; raise `PlatformError` if one stays."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            process.signal(number)
        until = time.monotonic() + _GRACE_SECONDS
        while left := [str(process.pid) for process in processes if process.alive]:
            if time.monotonic() > until:
                break
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise PlatformError(
        f"stop process {', '.join(left)}: still running after SIGKILL",
        next_step="inspect it with ps",
    )


def _mark(pid: int) -> str | None:
    """Return an opaque mark of the start of process ``pid``, None where it is not running."""
    if not Path("/proc/self/stat").exists():
        return _ps_mark(pid)
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
    """Return whether threads of a dead process still exit: until then its ports are in use."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


def _ps_mark(pid: int) -> str | None:
    env = {**child_environment(), "LC_ALL": "C", "TZ": "UTC"}
    done = run_child(["ps", "-o", "stat=,lstart=", "-p", str(pid)], text=True, env=env)
    state, _, started = done.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
