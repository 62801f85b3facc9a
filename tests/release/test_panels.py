"""The panels of the sample: built as in their images, read-only, as the user of the image."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from dev import panels
from promoter.common.errors import ProgramMissing
from tests.concourse.isolation import unavailable
from tests.http_server import listening

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def built() -> Path:
    if reason := unavailable():
        pytest.skip(reason)
    try:
        return panels.built()
    except ProgramMissing as error:
        pytest.skip(str(error))


@contextmanager
def running(built: Path, panel: str, **variables: str) -> Iterator[httpx.Client]:
    """A client of a panel that runs as its image starts it; it has to end on SIGTERM."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    node = shutil.which("node") or "node"
    words = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    words += ["--ro-bind", str(built / panel), "/tmp/app", "--chdir", "/tmp/app"]
    words += ["--tmpfs", f"/tmp/app/apps/{panel}/.next/cache"]
    words += ["--unshare-user", "--uid", "1001", "--gid", "1001", "--die-with-parent"]
    given = {"PATH": os.environ["PATH"], "NODE_ENV": "production", "PORT": str(port)}
    process = subprocess.Popen(
        [*words, "--", node, f"apps/{panel}/server.js"],
        env={**given, "HOSTNAME": "127.0.0.1", **variables},
    )
    with process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            await_health(client, process)
            yield client
        finally:
            process.terminate()


def await_health(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            if client.get("/api/health").json() == {"status": "ok"}:
                return
        except httpx.TransportError:
            assert process.poll() is None
        time.sleep(0.1)
    pytest.fail("the panel does not respond")


def test_the_admin_panel_has_the_values_of_its_environment(built: Path) -> None:
    values = {
        "KEYCLOAK_URL": "https://auth.example",
        "KEYCLOAK_REALM": "inside",
        "KEYCLOAK_CLIENT_ID": "operators",
        "NEXT_PUBLIC_CORE_ADMIN_URL": "/core/graphql",
    }
    with running(built, "admin-panel", **values) as client:
        assert client.get("/api/config").json() == {
            "keycloakUrl": "https://auth.example",
            "keycloakRealm": "inside",
            "keycloakClientId": "operators",
        }
        page = client.get("/").text
        assert "/core/graphql" in page
        assert re.search(r'Version.*<strong id="version">dev</strong>', page)
        script = re.search(r'src="(/_next/static/[^"]+\.js)"', page)
        assert script
        assert client.get(script[1]).status_code == 200
        assert client.get("/icon.svg").status_code == 200
        assert client.get("/.env").status_code == 404


class Realm(BaseHTTPRequestHandler):
    """A realm's configuration, which tells where to sign in."""

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['Host']}/realms/outside"
        assert self.path == "/realms/outside/.well-known/openid-configuration"
        found = {"issuer": issuer, "authorization_endpoint": f"{issuer}/auth"}
        payload = json.dumps({**found, "token_endpoint": f"{issuer}/token"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


@pytest.fixture
def realm() -> Iterator[str]:
    with listening(Realm) as address:
        yield f"http://{address}"


def test_the_customer_portal_signs_in_at_the_realm_of_its_environment(
    built: Path, realm: str
) -> None:
    values = {
        "AUTH_URL": "http://app.example",
        "AUTH_SECRET": "0123456789abcdef",
        "NEXT_PUBLIC_KEYCLOAK_URL": realm,
        "NEXT_PUBLIC_KEYCLOAK_REALM": "outside",
        "NEXT_PUBLIC_KEYCLOAK_CLIENT_ID": "customers",
    }
    with running(built, "customer-portal", **values) as client:
        first = client.get("/")
        assert (first.status_code, first.headers["location"].partition("?")[0]) == (
            307,
            "http://app.example/api/auth/signin",
        )
        token = client.get("/api/auth/csrf").json()["csrfToken"]
        answer = client.post("/api/auth/signin/keycloak", data={"csrfToken": token})
        place = httpx.URL(answer.headers["location"])
        assert str(place).startswith(f"{realm}/realms/outside/auth?")
        assert place.params["client_id"] == "customers"
        assert place.params["redirect_uri"] == "http://app.example/api/auth/callback/keycloak"


def test_a_panel_is_built_once(built: Path) -> None:
    assert panels.built() == built
