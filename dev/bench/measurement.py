"""Time and memory of whole processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STOPPED_AFTER_SECONDS = 120.0
ENVIRONMENT = {
    **{
        name: value
        for name, value in os.environ.items()
        # Without its compiled modules Python would compile ours anew at every start.
        if not name.startswith("GIT_") and name != "PYTHONDONTWRITEBYTECODE"
    },
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "RUST_BACKTRACE": "0",
}
"""The environment of measured programs and git, without the user's settings."""


@dataclass(frozen=True)
class Run:
    """One run of a program: its exit code, seconds, peak memory in MB, and seconds of CPU.

    The CPU time includes that of the programs that it ran; other load hardly changes it.
    """

    code: int
    seconds: float
    memory: float
    cpu: float = 0.0


def measure(command: Sequence[str], folder: Path, limit: float = STOPPED_AFTER_SECONDS) -> Run:
    """Run ``command`` in ``folder``, at most ``limit`` seconds."""
    began = time.perf_counter()
    with subprocess.Popen(
        list(command),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    ) as process:
        deadline = began + limit
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid or time.perf_counter() > deadline:
                break
            time.sleep(0.0005)
        elapsed = time.perf_counter() - began
        if not pid:
            process.kill()
            return Run(-1, elapsed, 0.0)
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = used.ru_utime + used.ru_stime
    return Run(process.returncode, elapsed, used.ru_maxrss / 1024, cpu)


def median(command: Sequence[str], folder: Path, runs: int) -> Run:
    """Run ``command`` ``runs`` times and return the median."""
    return median_of([measure(command, folder) for _ in range(runs)])


def median_of(runs: Sequence[Run]) -> Run:
    """Return the medians of the times and the maximum of the memory of ``runs``."""
    return Run(
        runs[0].code,
        statistics.median(run.seconds for run in runs),
        max(run.memory for run in runs),
        statistics.median(run.cpu for run in runs),
    )
