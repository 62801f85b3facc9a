"""Runs one program for as long as somebody holds this process's standard input open.

``python -m promoter.testflight.guard <program> [argument...]``: a smoketest that is killed,
however hard, closes that pipe, so none of the processes that it started outlives it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

_GRACE_SECONDS = 3.0


def main(argv: list[str]) -> int:
    """Run ``argv`` until it ends or our input does; gives its exit code."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
        return process.wait()


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    sys.stdin.read()
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
