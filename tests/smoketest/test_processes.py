"""The processes of a smoketest end with the process that started them, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.smoketest.test_checks import PROGRAM

HOLDER = """
import sys
from pathlib import Path
from promoter.smoketest.processes import Program, start_process
program = Program((sys.executable, sys.argv[1], "healthy"))
with start_process("server", program, Path(sys.argv[2])) as running:
    print(running.port(), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_smoketest(number: signal.Signals, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, PROGRAM, str(tmp_path / "log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        port = int(holder.stdout.readline())
        os.kill(holder.pid, number)
    assert _is_refused(port)


def _is_refused(port: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.post(f"http://127.0.0.1:{port}/", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return True
        time.sleep(0.05)
    return False
