"""A registry is asked as the OCI distribution specification has it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from promoter.common.errors import UsageError
from promoter.vendoring.errors import VendorError
from promoter.vendoring.registry import OciImages, mirrors

DIGEST = f"sha256:{'a' * 64}"
PATH = f"/v2/galoyorg/lana-bank/manifests/{DIGEST}"
BASIC = "Basic " + base64.b64encode(b"someone:else").decode()


class _Registry(BaseHTTPRequestHandler):
    """Has one image; says who may look as its server's ``kind`` tells."""

    server: _Server

    def do_HEAD(self) -> None:
        kind, given = self.server.kind, self.headers.get("Authorization")
        address = f"http://127.0.0.1:{self.server.server_address[1]}"
        challenges = {
            "token": f'Bearer realm="{address}/token",service="r",scope="pull"',
            "private": f'Bearer realm="{address}/token",service="r",scope="pull"',
            "elsewhere": 'Bearer realm="http://192.0.2.1/token",service="r"',
            "basic": 'Basic realm="r"',
        }
        allowed = {"basic": BASIC}.get(kind, "Bearer t")
        if kind in challenges and given != allowed:
            self._answer(401, {"WWW-Authenticate": challenges[kind]})
        elif kind == "broken":
            self._answer(500, {})
        else:
            self._answer(200 if self.path == PATH else 404, {})

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.kind == "private" and self.headers.get("Authorization") != BASIC:
            self._answer(401, {})
            return
        body = json.dumps({"token": "t"}).encode()
        self._answer(200, {"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


class _Server(ThreadingHTTPServer):
    kind = ""

    def __init__(self, kind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Registry)
        self.kind = kind
        self.asked: list[str] = []


@contextmanager
def registry(kind: str) -> Iterator[tuple[str, _Server]]:
    with _Server(kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def test_there_or_not() -> None:
    with registry("open") as (host, _):
        assert OciImages().exists(f"{host}/galoyorg/lana-bank@{DIGEST}")
        assert not OciImages().exists(f"{host}/galoyorg/other@{DIGEST}")
        assert not OciImages().exists(f"{host}/galoyorg/lana-bank@sha256:{'b' * 64}")


def test_a_token_is_fetched_where_the_registry_wants_one() -> None:
    with registry("token") as (host, server):
        assert OciImages().exists(f"{host}/galoyorg/lana-bank@{DIGEST}")
        assert server.asked == ["/token?service=r&scope=pull"]


@pytest.mark.parametrize("kind", ["private", "basic"])
def test_docker_s_credentials_are_used(kind: str, tmp_path: Path) -> None:
    with registry(kind) as (host, _):
        reference = f"{host}/galoyorg/lana-bank@{DIGEST}"
        with pytest.raises(VendorError, match="answered 401") as caught:
            OciImages().exists(reference)
        assert f"docker login {host}" in caught.value.next_step
        auth = {"auth": BASIC.removeprefix("Basic ")}
        (tmp_path / "config.json").write_text(json.dumps({"auths": {host: auth}}))
        assert OciImages().exists(reference)
        entry = {"username": "someone", "password": "else"}
        (tmp_path / "config.json").write_text(json.dumps({"auths": {host: entry}}))
        assert OciImages().exists(reference)


def test_no_token_is_asked_of_a_plain_http_address_elsewhere() -> None:
    with registry("elsewhere") as (host, _), pytest.raises(VendorError, match="answered 401"):
        OciImages().exists(f"{host}/galoyorg/lana-bank@{DIGEST}")


def test_a_mirror_is_asked_in_its_place() -> None:
    with registry("open") as (host, _):
        images = OciImages(mirrors(f"gcr.io={host}, quay.io=127.0.0.1:1"))
        assert images.exists(f"gcr.io/galoyorg/lana-bank@{DIGEST}")


def test_a_registry_that_fails_or_is_away_is_not_a_missing_image() -> None:
    with registry("broken") as (host, _), pytest.raises(VendorError, match="answered 500"):
        OciImages().exists(f"{host}/galoyorg/lana-bank@{DIGEST}")
    with pytest.raises(VendorError, match="look up image") as caught:
        OciImages().exists(f"{host}/galoyorg/lana-bank@{DIGEST}")
    assert "PROMOTER_REGISTRY_MIRROR" in caught.value.next_step


@pytest.mark.parametrize("reference", ["", "@" + DIGEST, "lana-bank@" + DIGEST, "gcr.io/a:tag"])
def test_what_is_no_reference(reference: str) -> None:
    with pytest.raises(VendorError, match="is not registry/repository@sha256"):
        OciImages().exists(reference)


@pytest.mark.parametrize("said", ["gcr.io", "=x", "gcr.io="])
def test_a_mirror_that_is_none(said: str) -> None:
    with pytest.raises(UsageError, match="PROMOTER_REGISTRY_MIRROR"):
        mirrors(said)
