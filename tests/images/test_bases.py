"""The sample on our base images: images of its Dockerfiles, started as they are, and asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from dev.images import bases
from dev.images.debian import OURS
from tests import docker_engine
from tests.application.conftest import chart, server
from tests.application.test_server import (
    Bank,
    ChartFiles,
    Gateway,
    given,
    installation,
    needs_postgresql,
    rendered,
    started,
)
from tests.charts.test_database_roles import Installation
from tests.images.alpine import layers_of
from tests.images.application_images import Engine, candidate
from tests.images.built import skip_reason
from tests.release.conftest import crane, serving

__all__ = ["chart", "crane", "given", "installation", "rendered", "server"]

pytestmark = [
    pytest.mark.heavy,
    # Debian's packages may have to come from its archive first.
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module")
def host(crane: Path) -> Iterator[str]:
    """A registry with our base images, which gets the sample's images."""
    with serving(crane) as address:
        yield address


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    missing = (
        "" if shutil.which("buildah") else "buildah is not installed (apt-get install buildah)"
    )
    if reason := skip_reason() or missing or docker_engine.skip_reason():
        pytest.skip(reason)
    with docker_engine.engine(tmp_path_factory.mktemp("docker")) as address:
        yield Engine(address)


@pytest.fixture(scope="module")
def server_image(
    engine: Engine,
    host: str,
    crane: Path,
    server: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    found = bases.server_bases(layers_of(OURS))
    folder = tmp_path_factory.mktemp("server")
    artifacts = {"lana-cli": server.read_bytes()}
    return candidate(folder, host, crane, found, ["lana-bank"], artifacts)["lana-bank"]


@needs_postgresql
def test_the_servers_image_is_a_server(
    engine: Engine,
    server_image: str,
    given: ChartFiles,
    installation: Installation,
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o777)
    authorities = installation.server.folder
    options = ["--volume", f"{tmp_path}:{tmp_path}", "--volume", f"{authorities}:{authorities}:ro"]
    for name in (*given.variables, "LANA_CONFIG", "LANA_HOME"):
        options += ["--env", name]
    command = engine.command(server_image, "lana-cli", options=options)
    gateway = Gateway()
    with closing(gateway), started(command, tmp_path, given, gateway.address) as addresses:
        bank = Bank(addresses["admin"], addresses["customer"], gateway)
        assert httpx.get(f"{bank.admin}/health").status_code == 200
        assert bank.ask("{ customers(first: 1) { nodes { email } } }")["data"]
        assert engine.user() == "1000"
