"""The page for 100 environments with 10,000 records: ``python -m dev.bench.web`` (make bench).

The pipeline page is requested from a server that has just started, and then again; streams are
opened as browsers open them, and a commit is pushed by somebody else. Then every environment gets
approval rules and a gate, all of them change, and the page is requested from another server.
"""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx

from dev.bench.histories import Commits, unrelated
from dev.bench.measurement import ENVIRONMENT
from dev.bench.plans import MANY, change_everything, create_site, publish, record_all, require_votes
from dev.serving import Served, serving
from promoter.git import Git

RECORDS, STREAMS, REQUESTS = 10_000, 200, 20
_PAGE = "deployments/bench.html"
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print a line for each measurement, with its limit."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = create_site(Path(scratch), MANY, chained=True)
        record_all(folder)
        publish(folder, _records(folder))
        git = Git(folder / "clone")
        git.text("fetch", "--quiet", "origin")
        with serving(git.dir, ENVIRONMENT) as served:
            _first_bytes(served)
            _streams(served, folder)
        require_votes(folder)
        publish(folder, change_everything())
        git.text("fetch", "--quiet", "origin")
        sys.stdout.write(f"with rules, all {MANY} wait for votes:\n")
        with serving(git.dir, ENVIRONMENT) as served:
            _first_bytes(served)
    return 0


def _first_bytes(served: Served) -> None:
    """Measure the first request and later ones; both include that the page is complete."""
    before = _cpu(served.pid)
    cold = _seconds(served.address + _PAGE)
    _print("first byte, cold", cold, 2.0, _cpu(served.pid) - before)
    before = _cpu(served.pid)
    warm = [_seconds(served.address + _PAGE) for _ in range(REQUESTS)]
    cpu = (_cpu(served.pid) - before) / REQUESTS
    _print(f"first byte, warm, median of {REQUESTS}", statistics.median(warm), 0.1, cpu)


def _streams(served: Served, folder: Path) -> None:
    """Measure the memory with open streams, and the time from a push to the last of them."""
    address = httpx.URL(served.address)
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with ExitStack() as stack:
        streams = [
            stack.enter_context(socket.create_connection((address.host, address.port or 80)))
            for _ in range(STREAMS)
        ]
        for stream in streams:
            stream.sendall(f"GET /events HTTP/1.1\r\nHost: {address.host}\r\n\r\n".encode())
        _await(streams, b"event: ready")
        memory = _memory(served.pid)
        sys.stdout.write(
            f"{f'memory with {STREAMS} streams':40} {memory:6.0f} MB, at most 300 MB\n"
        )
        publish(folder, unrelated(1))
        before, since = _cpu(served.pid), time.perf_counter()
        _await(streams, b"event: changed")
        _print("from a push to the last stream", time.perf_counter() - since, 2.0)
        _seconds(served.address + _PAGE)
        elapsed = time.perf_counter() - since
        _print("from a push to the page", elapsed, 2.0, _cpu(served.pid) - before)


def _records(folder: Path) -> Commits:
    """Yield commits that record every environment again and again, each with its evidence."""
    git = Git(folder / "clone")
    head = git.commit("HEAD")
    paths = git.lines("ls-tree", "-r", "--name-only", "HEAD", "--", "cepler/.cepler")
    states = {path: git.file("HEAD", path) or b"" for path in paths}
    for version in range(2, RECORDS // MANY + 1):
        for path, content in states.items():
            name = Path(path).stem
            document: dict[str, object] = {
                "deployment": "bench",
                "environment": name,
                "kind": "deploy",
                "outcome": "deployed",
                "trigger": head,
                "at": f"2026-01-01T00:00:{version % 60:02}+00:00",
                "actor": "bench",
                "summary": "",
                "details": {},
            }
            evidence = f"cepler/evidence/bench/{name}/{version:04}-deploy-deployed.json"
            newer = re.sub(rb"(?m)^version: \d+$", b"version: %d" % version, content)
            files = {path: newer, evidence: json.dumps(document).encode()}
            yield f"ci(cepler): Updated 'bench' state in '{name}'", files


def _seconds(address: str) -> float:
    """Return the time until the first byte of the page at ``address``, which has to be there."""
    since = time.perf_counter()
    with httpx.stream("GET", address, trust_env=False, timeout=120) as response:
        next(response.iter_raw())
        elapsed = time.perf_counter() - since
        response.raise_for_status()
    return elapsed


def _await(streams: Sequence[socket.socket], event: bytes) -> None:
    """Read every stream until it has ``event``."""
    for stream in streams:
        stream.settimeout(60)
        received = b""
        while event not in received:
            more = stream.recv(4096)
            if not more:
                raise RuntimeError(f"a stream ended before {event.decode()}")
            received += more


def _cpu(pid: int) -> float:
    """Return the seconds of CPU of a process and of the programs that it ran."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    found = re.search(r"(?m)^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _print(title: str, seconds: float, limit: float, cpu: float | None = None) -> None:
    used = f", CPU {cpu:6.3f} s" if cpu is not None else ""
    sys.stdout.write(f"{title:40} {seconds:6.3f} s{used}, at most {limit:.1f} s\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
