"""The outside programs, built in the background while the demo's steps run."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_BUILD = (sys.executable, "-m", "promoter", "toolchain", "build")


class Build:
    """The running ``promoter toolchain build``: the first program that is needed comes first.

    ``failure`` is its error once it has failed, and empty before. Progress is shown by the
    commands that wait for a program, so of its own lines only complete programs are.
    """

    def __init__(self, root: Path, show: Callable[[str], None]) -> None:
        self.failure = ""
        self._show = show
        self._process = subprocess.Popen(
            _BUILD,
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """End it, and what it runs."""
        self._process.terminate()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        """Show programs that are complete, and keep the error."""
        assert self._process.stdout is not None  # noqa: S101
        error: list[str] = []
        for line in self._process.stdout:
            if line.startswith("built "):
                self._show(line.rstrip())
            if error or line.startswith("error: "):
                error.append(line.rstrip())
        if self._process.wait() > 0:
            self.failure = "\n".join(error).removeprefix("error: ")
