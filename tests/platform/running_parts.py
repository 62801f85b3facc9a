"""Inspect and kill the parts of a platform that belongs to one test."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from promoter.platform import PartStatus, Platform

_SECONDS = 60


def parts(platform: Platform) -> dict[str, PartStatus]:
    """Return every part by its name."""
    return {part.name: part for part in platform.status()}


def pids(platform: Platform) -> dict[str, int | None]:
    """Return the pid of every part by its name."""
    return {name: part.pid for name, part in parts(platform).items()}


def kill(platform: Platform, *names: str) -> None:
    """Send SIGKILL to the parts ``names`` and wait until they are gone."""
    for name in names:
        pid = parts(platform)[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(parts(platform)[name].state == "died" for name in names))


def until(condition: Callable[[], bool]) -> None:
    """Poll ``condition``; fail the test if it does not hold within a minute."""
    end = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < end, "the condition did not hold"
        time.sleep(0.02)


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of every process that names ``folder``, or a file in it."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if f"{folder}/" in line]
