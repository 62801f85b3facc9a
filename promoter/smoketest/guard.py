"""Run one program until it or our standard input ends: ``python guard.py <program> [argument...]``.

A smoketest that is killed, even by SIGKILL, closes that pipe, so none of the processes that it
started outlives it. It imports nothing of promoter: a smoketest starts several guards.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_GRACE_SECONDS = 3.0


def main(argv: list[str]) -> int:
    """Run ``argv`` in a process group of its own; return its exit code."""
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, process_group=0) as process:
        signal.signal(signal.SIGTERM, lambda *_: _signal_group(process, signal.SIGTERM))
        threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
        code = process.wait()
        _signal_group(process, signal.SIGKILL)
        return code


def _end_with_input(process: "subprocess.Popen[bytes]") -> None:
    sys.stdin.read()
    _signal_group(process, signal.SIGTERM)
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
