"""The outside programs, built in the background while the demo's steps run."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

_BUILD = (sys.executable, "-m", "promoter", "toolchain", "build")


class Build:
    """The running ``promoter toolchain build``: the first program that is needed comes first.

    ``failure`` is its error once it has failed, and empty before. Progress is shown by the
    commands that wait for a program, so of its own lines only complete programs are.
    """

    def __init__(self, root: Path, show: Callable[[str], None]) -> None:
        self.failure = ""
        self._root, self._show = root, show
        # The provider shares no package with the others: most of it is compiled in the gaps that
        # their build leaves (downloads, one core that links). Should that fail, so does the first.
        self._processes = [
            self._start(_BUILD),
            self._start(("nice", "-n", "10", *_BUILD, "terraform-provider-helm")),
        ]
        self._readers = [
            threading.Thread(target=self._read, args=(process,), daemon=True)
            for process in self._processes
        ]
        for reader in self._readers:
            reader.start()

    def stop(self) -> None:
        """End it, and what it runs."""
        for process in self._processes:
            process.terminate()
        for process, reader in zip(self._processes, self._readers, strict=True):
            process.wait()
            reader.join()

    def _start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self._root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Show programs that are complete, and keep the error."""
        assert process.stdout is not None  # noqa: S101
        error: list[str] = []
        for line in process.stdout:
            if line.startswith("built "):
                self._show(line.rstrip())
            if error or line.startswith("error: "):
                error.append(line.rstrip())
        if process.wait() > 0 and process is self._processes[0]:
            self.failure = "\n".join(error).removeprefix("error: ")
