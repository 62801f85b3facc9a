"""The placeholders of the programs as processes: their responses, and that they end."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from .conftest import APPLICATION, ROOT

PLACEHOLDERS = ROOT / "upstream" / "placeholders" / "lana-bank"


@contextmanager
def running(*command: str, **variables: str) -> Iterator[httpx.Client]:
    """A client of the program started on a free port; it has to end on SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0"],
        cwd=PLACEHOLDERS,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            address = re.search(r"listening on (127\.0\.0\.1:[1-9]\d*)", process.stdout.readline())
            assert address
            with httpx.Client(base_url=f"http://{address[1]}", timeout=10) as client:
                yield client
        finally:
            process.terminate()
            assert process.wait(timeout=10) == 0


def test_the_server_answers_health_and_graphql() -> None:
    question = {"query": "query { buildInfo { version } }"}
    with running("lana/cli/lana-cli", "serve", VERSION="0.42.0") as client:
        for path in ("/health", "/graphql"):
            assert client.get(path).text == "OK"
        assert client.post("/graphql", json=question).status_code == 401
        client.headers["Authorization"] = "Bearer a.b.c"
        asked = client.post("/graphql", json=question)
        assert asked.json() == {"data": {"buildInfo": {"version": "0.42.0"}}}
        assert "no field nothing" in client.post("/graphql", json={"query": "{nothing}"}).text
        assert client.post("/graphql", content=b"{").status_code == 400
        assert client.get("/other").status_code == 404


@pytest.mark.parametrize("panel", ["admin-panel", "customer-portal"])
def test_a_placeholder_of_a_panel_shows_its_version(panel: str) -> None:
    with running("apps/shared-web/placeholder.py", f"{APPLICATION}/apps/{panel}") as client:
        page = client.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert '<strong id="version">dev</strong>' in page.text
        assert client.get("/api/health").json() == {"status": "ok"}
