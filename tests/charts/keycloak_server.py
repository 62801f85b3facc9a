"""A real Keycloak that has imported the chart's realms, on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock

VERSION = "26.3.0"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "promoter"
READY_SECONDS = 420.0  # half a minute on a machine that does nothing else
SECRETS = {
    name: f"{name.lower()}-of-the-test"
    for name in (
        "INTERNAL_SERVICE_ACCOUNT_SECRET",
        "CUSTOMER_SERVICE_ACCOUNT_SECRET",
        "CUSTOMER_PORTAL_SECRET",
        "OAUTH2_PROXY_SECRET",
    )
}
"""What the realms' files have placeholders for, as the chart's Deployment sets it."""


def distribution() -> Path:
    """Keycloak's archive, fetched once from Maven Central by Maven."""
    CACHE.mkdir(parents=True, exist_ok=True)
    file = CACHE / f"keycloak-quarkus-dist-{VERSION}.zip"
    with FileLock(f"{file}.lock"):
        if not file.exists():
            fetched = CACHE / f"keycloak-{VERSION}.part"
            command = ["mvn", "--batch-mode", "--quiet", COPY, f"-Dartifact={ARTIFACT}"]
            subprocess.run([*command, f"-DoutputDirectory={fetched}"], check=True, timeout=600)
            (fetched / file.name).replace(file)
            shutil.rmtree(fetched)
    return file


@dataclass(frozen=True)
class Keycloak:
    """Where it listens, and what it said."""

    url: str
    log: Path


@contextmanager
def running(folder: Path, realms: Mapping[str, str]) -> Iterator[Keycloak]:
    """A Keycloak that imports ``realms`` (file name -> content), stopped at the end."""
    with zipfile.ZipFile(distribution()) as archive:
        archive.extractall(folder)
    home = folder / f"keycloak-{VERSION}"
    (home / "data/import").mkdir(parents=True)
    for name, content in realms.items():
        (home / "data/import" / name).write_text(content)
    port = _free_port()
    keycloak = Keycloak(f"http://127.0.0.1:{port}", folder / "log")
    with keycloak.log.open("wb") as log:
        process = subprocess.Popen(
            _command(home, keycloak.url, port),
            env={**os.environ, **SECRETS},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(process, keycloak)
        yield keycloak
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)


def _command(home: Path, url: str, port: int) -> list[str]:
    return [
        "bash",
        str(home / "bin/kc.sh"),
        "start",
        "--import-realm",
        "--db=dev-mem",
        "--cache=local",
        "--http-enabled=true",
        "--http-host=127.0.0.1",
        f"--http-port={port}",
        f"--hostname={url}",
    ]


def _wait(process: subprocess.Popen[bytes], keycloak: Keycloak) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, keycloak.log.read_text()[-3000:]
        try:
            if httpx.get(f"{keycloak.url}/realms/customer", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise TimeoutError(keycloak.log.read_text()[-3000:])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
