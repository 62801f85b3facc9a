"""``promoter web serve`` as a process of its own, for tests, benchmarks and the screenshot."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Not `-m promoter`: a clone of this repository has another promoter, which would be imported.
_PROMOTER = str(Path(sys.executable).with_name("promoter"))


@dataclass(frozen=True)
class Served:
    """A running server: its address, which ends with a slash, and its process."""

    address: str
    pid: int


@contextmanager
def serving(
    folder: Path, environment: Mapping[str, str] | None = None, *, options: Sequence[str] = ()
) -> Iterator[Served]:
    """Serve the clone ``folder`` while the block runs, once its address is printed.

    The port is any that is free, unless ``options`` of the command name one.
    """
    command = (_PROMOTER, "web", "serve", "--port", "0", *options)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101
        try:
            yield Served(process.stdout.readline().strip(), process.pid)
        finally:
            process.send_signal(signal.SIGINT)
