"""Runs one program for as long as somebody holds this process's standard input open.

``python -m promoter.smoketest.guard <program> [argument...]``: a smoketest that is killed,
however hard, closes that pipe, so none of the processes that it started outlives it. What the
program starts itself is of its process group, and ends with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_GRACE_SECONDS = 3.0


def main(argv: list[str]) -> int:
    """Run ``argv`` until it ends or our input does; gives its exit code."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, process_group=0) as process:
        signal.signal(signal.SIGTERM, lambda *_: _tell(process, signal.SIGTERM))
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
        code = process.wait()
        _tell(process, signal.SIGKILL)
        return code


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    sys.stdin.read()
    _tell(process, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _tell(process, signal.SIGKILL)


def _tell(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to all that the program has started, and to itself."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
