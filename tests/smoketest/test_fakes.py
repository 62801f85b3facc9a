"""The fakes pass on what the real programs would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import jwt
import pytest

from promoter.smoketest.pod_programs import fake_program
from promoter.smoketest.processes import start_process
from tests.http_server import listening

SECRET = "of-the-test"


class Backend(BaseHTTPRequestHandler):
    """A server that returns the token that it gets."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.headers["Authorization"].split()).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def backend() -> Iterator[str]:
    with listening(Backend) as address:
        yield f"http://{address}"


@contextmanager
def fake(component: str, folder: Path, **variables: str) -> Iterator[str]:
    program = fake_program(component, variables)
    with start_process(component, program, folder / f"{component}.log") as process:
        yield f"http://127.0.0.1:{process.port()}"


def test_the_server_gets_a_token_with_a_subject_that_the_gateways_keys_verify(
    backend: str, tmp_path: Path
) -> None:
    with (
        fake("keycloak", tmp_path, INTERNAL_SERVICE_ACCOUNT_SECRET=SECRET) as keycloak,
        fake("oathkeeper", tmp_path, KEYCLOAK_URL=keycloak, SERVER_URL=backend) as oathkeeper,
    ):
        form = {"client_id": "internal-service-account", "client_secret": SECRET}
        url = f"{keycloak}/realms/internal/protocol/openid-connect/token"
        given = httpx.post(url, data={**form, "grant_type": "client_credentials"}).json()
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        _, token = httpx.post(f"{oathkeeper}/graphql", headers=headers).json()
        keys = httpx.get(f"{oathkeeper}/.well-known/jwks.json").json()["keys"]
    key = jwt.PyJWK(keys[0]).key
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="https://admin-api/graphql")
    assert claims["subject"] == "00000000-0000-0000-0000-000000000000"
