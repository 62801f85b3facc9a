"""The panels and the data pipeline's code as images of their own Dockerfiles, started and asked."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.images.alpine import node, python
from tests.images.application_images import Engine, candidate
from tests.images.test_bases import crane, engine, host

__all__ = ["crane", "engine", "host"]

pytestmark = [
    pytest.mark.heavy,
    # Packages of Debian, npm and Python may have to come from their registries first.
    pytest.mark.timeout(1800),
]

PANELS = ("lana-bank-admin-panel", "lana-bank-customer-portal")
DAGSTER = "dagster-code-location-lana-dw"
SECONDS = 60
ADDRESS = "http://127.0.0.1:3000"
PAGE = f"fetch('{ADDRESS}').then(page => page.text()).then(text => console.log(text))"
HEALTH = ("dagster", "api", "grpc-health-check", "--port", "4000")


@pytest.fixture(scope="module")
def images(
    engine: Engine, host: str, crane: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    bases = {"node:20-alpine": node(), "python:3.13-alpine": python()}
    folder = tmp_path_factory.mktemp("images")
    return candidate(folder, host, crane, bases, [*PANELS, DAGSTER], {})


@contextmanager
def running(command: Sequence[str], engine: Engine, question: Sequence[str]) -> Iterator[str]:
    """Run a container; yield its first answer to ``question``."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as container:
        try:
            until = time.monotonic() + SECONDS
            while not (answer := engine.ask(*question)):
                assert container.poll() is None, container.communicate()[0]
                assert time.monotonic() < until, "it does not answer"
                time.sleep(0.5)
            yield answer
        finally:
            engine.remove()


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_s_image_shows_its_page(
    engine: Engine, images: Mapping[str, str], name: str
) -> None:
    command = engine.command(images[name], network="none")
    with running(command, engine, ["node", "--eval", PAGE]) as page:
        assert "<html" in page
        assert engine.user() == "1001"


def test_the_code_location_s_image_serves_its_definitions(
    engine: Engine, images: Mapping[str, str]
) -> None:
    """As the chart runs it: user 1000, and nothing to write to but /tmp."""
    options = ["--user", "1000", "--tmpfs", "/tmp", "--env", "HOME=/tmp"]
    command = engine.command(images[DAGSTER], options=options, network="none")
    with running(command, engine, HEALTH):
        assert engine.user() == "1000"
