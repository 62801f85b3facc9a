"""A Docker engine for tests: a store, a socket and processes of its own, ended with the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SECONDS = 60


def skip_reason() -> str:
    """Return why no engine can run here; empty if one can."""
    if os.geteuid() != 0:
        return "a Docker engine of its own needs root"
    if not (shutil.which("docker") and shutil.which("dockerd")):
        return "Docker is not installed (apt-get install docker.io)"
    return ""


@contextmanager
def engine(folder: Path, *options: str) -> Iterator[str]:
    """Run an engine without a network below ``folder``; yield its address."""
    address = f"unix://{folder}/socket"
    command = ["dockerd", "--host", address, "--pidfile", str(folder / "pid")]
    command += ["--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")]
    command += ["--bridge", "none", "--iptables=false", *options]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            end = time.monotonic() + _SECONDS
            while not _answers(address):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.skip(f"no engine runs here: {(folder / 'log').read_text()[-300:]}")
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(_SECONDS)
            # The engine leaves the namespace of the host's network mounted.
            namespace = str(folder / "exec" / "netns" / "default")
            subprocess.run(["umount", namespace], capture_output=True, check=False)


def _answers(address: str) -> bool:
    done = subprocess.run(
        ["docker", "--host", address, "version"], capture_output=True, check=False, timeout=60
    )
    return done.returncode == 0
