"""A port of a pod, reached through the API server."""

from __future__ import annotations

import os
import re
import selectors
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from promoter.programs.kubectl import Kubectl
from promoter.smoketest.errors import SmoketestError

_SECONDS = 20.0
_ADDRESS = re.compile(rb"Forwarding from (127\.0\.0\.1:\d+) ->")


@dataclass(frozen=True)
class Forwarder:
    """``kubectl port-forward`` into pods of one namespace."""

    kubectl: Kubectl

    @contextmanager
    def open(self, pod: str, port: int) -> Iterator[str]:
        """``host:port`` on loopback that leads to ``port`` of ``pod`` while the block runs.

        Raises `SmoketestError` where kubectl does not open it.
        """
        command = [str(self.kubectl.program), "--namespace", self.kubectl.namespace]
        with subprocess.Popen(
            [*command, "port-forward", "--address=127.0.0.1", f"pod/{pod}", f":{port}"],
            env=self.kubectl.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                assert process.stdout is not None  # noqa: S101
                said = first_match(process.stdout, _ADDRESS, _SECONDS)
                if not isinstance(said, re.Match):
                    raise SmoketestError(f"forward port {port} of {pod}: {said}")
                yield said[1].decode()
            finally:
                process.kill()


def first_match(
    stream: IO[bytes], pattern: re.Pattern[bytes], seconds: float
) -> re.Match[bytes] | str:
    """The first match of ``pattern`` in what a process says within ``seconds``.

    A text says why there is none: nothing was said in time, or the process ended.
    """
    deadline = time.monotonic() + seconds
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            chunk = os.read(stream.fileno(), 4096)
            said += chunk
            found = pattern.search(said)
            if found or not chunk:
                return found or f"it ended, saying {said.decode(errors='replace').strip()!r}"
    return f"nothing within {seconds:.0f} s"
