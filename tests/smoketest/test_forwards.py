"""One port-forward for each port of a pod, another after an error; none remains."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from promoter.programs.kubectl import Kubectl
from promoter.smoketest.forwards import Forwards

KUBECTL = """#!/bin/sh
echo $$ >> "{started}"
echo "Forwarding from 127.0.0.1:$$ -> 80"
exec sleep 60
"""


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """The file with the process id of every kubectl that was started."""
    return tmp_path / "started"


@pytest.fixture
def forwards(tmp_path: Path, started: Path) -> Iterator[Forwards]:
    program = tmp_path / "kubectl"
    program.write_text(KUBECTL.format(started=started))
    program.chmod(0o755)
    with ExitStack() as stack:
        yield Forwards(Kubectl(program, None, "bank"), stack)
    for process in processes(started):
        wait_for_the_end_of(process)


def processes(started: Path) -> list[str]:
    return started.read_text().split()


def wait_for_the_end_of(process: str) -> None:
    until = time.monotonic() + 30
    while Path("/proc", process, "cmdline").exists():
        assert time.monotonic() < until, f"{process} still runs"
        time.sleep(0.02)


def asked(forwards: Forwards, pod: str, port: int = 80) -> str:
    with forwards.address(pod, port) as address:
        return address


def test_those_who_ask_at_once_share_one(forwards: Forwards, started: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        addresses = set(pool.map(lambda _: asked(forwards, "server"), range(16)))
    (process,) = processes(started)
    assert addresses == {f"127.0.0.1:{process}"}


def test_every_port_of_every_pod_has_its_own(forwards: Forwards, started: Path) -> None:
    asks = (("server", 80), ("server", 81), ("panel", 80))
    addresses = {asked(forwards, *each) for each in asks}
    assert len(addresses) == len(processes(started)) == 3


def test_whoever_asks_after_an_error_gets_another(forwards: Forwards, started: Path) -> None:
    with pytest.raises(ConnectionError), forwards.address("server", 80) as first:
        raise ConnectionError
    assert asked(forwards, "server") != first
    assert asked(forwards, "server") == f"127.0.0.1:{processes(started)[-1]}"
    assert len(processes(started)) == 2
