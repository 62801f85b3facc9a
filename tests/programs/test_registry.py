from __future__ import annotations

import base64
import http.server
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from promoter.common.errors import RegistryError, UsageError
from promoter.common.text import redact
from promoter.git import Git
from promoter.programs.registry import MIRROR_VARIABLE, ImageLookup, Registry, configured_mirrors
from promoter.toolchain import Toolchain
from tests.release.conftest import application, crane, push_placeholders, registry, serving
from tests.slow_server import MODES, never_ending

__all__ = ["application", "crane", "registry"]

ROOT = Path(__file__).parents[2]


def test_an_absent_image_or_tag_has_no_digest(application: Git, registry: Registry) -> None:
    assert registry.digest("nobody", "latest") is None
    push_placeholders(application, registry, "1.0.0")
    assert registry.digest("lana-bank", "2.0.0") is None
    assert registry.digest("lana-bank", f"sha256:{'0' * 64}") is None


def test_a_registry_that_is_down_is_an_error_and_not_absence(crane: Path) -> None:
    with serving(crane) as address:
        gone = Registry(f"{address}/galoyorg", crane)
    with pytest.raises(RegistryError, match=r"digest .*refused") as raised:
        gone.digest("lana-bank", "latest")
    assert gone.address in raised.value.next_step


@pytest.mark.parametrize(
    ("status", "next_step"),
    [
        (401, "docker login {}, with an account"),
        (403, "docker login {}, with an account"),
        (429, "{} is overloaded or failing: run it again later"),
        (500, "{} is overloaded or failing: run it again later"),
    ],
)
def test_the_next_step_is_for_the_status_that_a_registry_answers(
    crane: Path, status: int, next_step: str
) -> None:
    with answering(status) as address:
        reference = f"{address}/galoyorg/lana-bank@sha256:{'a' * 64}"
        with pytest.raises(RegistryError, match=f"status code {status}") as raised:
            ImageLookup(crane).exists(reference)
    assert raised.value.next_step.startswith(next_step.format(address))


def test_an_error_names_the_registry_of_the_image(tmp_path: Path) -> None:
    denied = tmp_path / "crane"
    denied.write_text("#!/bin/sh\necho 'Error: UNAUTHORIZED' >&2\nexit 1\n")
    denied.chmod(0o755)
    registry = Registry("", denied, homes={"lana-bank": "us.gcr.io/galoyorg"})
    with pytest.raises(RegistryError, match=r"^pull us.gcr.io/galoyorg/lana-bank:1: ") as raised:
        registry.pull_layout("lana-bank", "1", tmp_path / "layout")
    assert raised.value.next_step.startswith("docker login us.gcr.io,")
    with pytest.raises(RegistryError, match=r"^tag us.gcr.io/galoyorg/lana-bank@sha256:a"):
        registry.tag("lana-bank", f"sha256:{'a' * 64}", "1")


SECRET = "hunter22hunter"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "entry",
    [
        {"auth": encoded(f"user:{SECRET}") + "\n"},
        {"auth": encoded(f"user:{SECRET}\n")},
        {"auth": encoded(SECRET)},
        {"auth": f"{SECRET}!"},
        {"identitytoken": f"{SECRET}\n"},
        {"registrytoken": f"{SECRET}\n"},
        {"username": "user", "password": f"{SECRET}\n"},
    ],
    ids=["newline", "newline within", "no colon", "no base64", "identity", "token", "password"],
)
def test_no_credential_of_docker_s_configuration_is_shown(
    crane: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: dict[str, str]
) -> None:
    """crane shows none of these; Helm shows an ``auth`` without a colon."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    file = tmp_path / "config.json"
    secrets = (SECRET, encoded(SECRET), encoded(f"user:{SECRET}"))
    with answering(401, 'Basic realm="x"') as address:
        file.write_text(json.dumps({"auths": {address: entry}}))
        with pytest.raises(RegistryError) as raised:
            Registry(f"{address}/galoyorg", crane).digest("lana-bank", "1")
        helm = Toolchain(ROOT).program("helm")
        pull = [helm, "pull", f"oci://{address}/x", "--plain-http", f"--registry-config={file}"]
        done = subprocess.run(pull, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert not any(secret in redact(done.stderr) for secret in secrets)
    assert not any(secret in redact(str(raised.value)) for secret in secrets)


@pytest.mark.parametrize("mode", MODES)
def test_a_token_endpoint_that_never_completes_its_response_is_an_error(
    crane: Path, mode: str
) -> None:
    limited = r"timeout after 2 s|body exceeds 65536 byte limit"
    with never_ending(mode) as host:
        start = time.monotonic()
        with pytest.raises(RegistryError, match=f"digest {host}/galoyorg/lana-bank:1: ({limited})"):
            Registry(f"{host}/galoyorg", crane, seconds=2).digest("lana-bank", "1")
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    ("token", "cause"),
    [
        (b"<html>Sign in</html>", "invalid character '<'"),
        (b"[]", "cannot unmarshal array"),
        (b"{}", "no token in bearer"),
    ],
)
def test_a_token_that_is_none_is_an_error(crane: Path, token: bytes, cause: str) -> None:
    challenge = 'Bearer realm="http://{}/token"'
    with answering(401, challenge, token) as host, pytest.raises(RegistryError, match=cause):
        Registry(f"{host}/galoyorg", crane).digest("lana-bank", "1")


@pytest.mark.parametrize(
    ("challenge", "cause"),
    [
        ('Bearer realm="::nope"', "invalid realm"),
        ('Bearer realm="file:///etc/passwd"', "invalid realm"),
        ('Bearer service="x"', "missing realm"),
        ("\x01===,,,", "malformed MIME header line"),
    ],
)
def test_a_broken_challenge_is_an_error(crane: Path, challenge: str, cause: str) -> None:
    with answering(401, challenge) as host, pytest.raises(RegistryError, match=cause) as raised:
        Registry(f"{host}/galoyorg", crane).digest("lana-bank", "1")
    assert raised.value.next_step.startswith(f"check that {host}/galoyorg is up")


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b'{"config": 1, "layers": []}'])
def test_a_document_that_is_no_image_s_is_an_error(crane: Path, body: bytes) -> None:
    with answering(200, body=body) as host:
        folder = Registry(f"{host}/galoyorg", crane)
        for read in (folder.pull, folder.config):
            with pytest.raises(RegistryError, match=f"{host}/galoyorg/lana-bank:1: "):
                read("lana-bank", "1")


@contextmanager
def answering(status: int, challenge: str = "", body: bytes = b"") -> Iterator[str]:
    """Run a registry that answers every request for an image with ``status`` and ``body``.

    With a ``challenge`` (RFC 9110, WWW-Authenticate), in which {} is its address, it answers every
    request so, but those for a token.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            free = self.path.startswith("/token") if challenge else self.path == "/v2/"
            self.send_response(200 if free else status)
            if challenge:
                address = f"127.0.0.1:{server.server_port}"
                self.send_header("WWW-Authenticate", challenge.replace("{}", address))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_registry_that_drops_the_connection_leaves_a_rerun_that_completes(
    application: Git, crane: Path
) -> None:
    with serving(crane) as address, dropping(address, after=6) as proxy:
        through = Registry(f"{proxy}/galoyorg", crane)
        with pytest.raises(RegistryError, match="push"):
            push_placeholders(application, through, "1.0.0")
        direct = Registry(f"{address}/galoyorg", crane)
        assert direct.digest("dagster-code-location-lana-dw", "1.0.0") is None
        images = push_placeholders(application, direct, "1.0.0")
        assert direct.digest("dagster-code-location-lana-dw", "1.0.0") == images[-1].digest


def test_a_lookup_finds_an_image_in_its_registry_or_in_the_mirror(
    application: Git, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = push_placeholders(application, registry, "1.0.0")[0]
    host = registry.address.partition("/")[0]
    monkeypatch.setenv(MIRROR_VARIABLE, f"gcr.io={host}, quay.io=127.0.0.1:1")
    lookup = ImageLookup(registry.crane, configured_mirrors())
    assert lookup.exists(image.reference)
    assert lookup.exists(f"gcr.io/galoyorg/{image.name}@{image.digest}")
    assert not lookup.exists(f"gcr.io/galoyorg/{image.name}@sha256:{'b' * 64}")
    assert not lookup.exists(f"gcr.io/galoyorg/other@{image.digest}")


def test_a_registry_that_is_down_is_an_error_and_not_a_missing_image(crane: Path) -> None:
    with serving(crane) as address:
        reference = f"{address}/galoyorg/lana-bank@sha256:{'a' * 64}"
    with pytest.raises(RegistryError, match=r"look up image .*refused") as raised:
        ImageLookup(crane).exists(reference)
    assert f"check that {address}/galoyorg is up" in raised.value.next_step
    assert "PROMOTER_REGISTRY_MIRROR" in raised.value.next_step


@pytest.mark.parametrize(
    ("text", "address", "name", "tag"),
    [
        ("127.0.0.1:5000/g/x:1.0.0", "127.0.0.1:5000/g", "x", "1.0.0"),
        ("gcr.io/x:1.0.0", "gcr.io", "x", "1.0.0"),
        (f"gcr.io/g/h/x@sha256:{'a' * 64}", "gcr.io/g/h", "x", f"sha256:{'a' * 64}"),
    ],
)
def test_a_reference_names_registry_image_and_tag(
    text: str, address: str, name: str, tag: str
) -> None:
    lookup = ImageLookup(Path("crane"))
    assert lookup.locate(text) == (Registry(address, Path("crane")), name, tag)
    for invalid in ("just-a-name", "gcr.io/x"):
        with pytest.raises(RegistryError, match="not <registry>"):
            lookup.locate(invalid)


DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize("reference", ["", "@" + DIGEST, "lana-bank@" + DIGEST, "gcr.io/a:tag"])
def test_a_lookup_needs_a_reference_with_a_digest(reference: str) -> None:
    with pytest.raises(RegistryError, match="is not registry/repository@sha256"):
        ImageLookup(Path("crane")).exists(reference)


@pytest.mark.parametrize("text", ["gcr.io", "=x", "gcr.io="])
def test_mirrors_need_a_registry_and_an_address(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, text)
    with pytest.raises(UsageError, match="PROMOTER_REGISTRY_MIRROR"):
        configured_mirrors()


class dropping:  # noqa: N801 - a context manager
    """A TCP relay to ``address`` that closes every connection after the first ``after``."""

    def __init__(self, address: str, after: int) -> None:
        host, port = address.split(":")
        self.upstream = (host, int(port))
        self.left = after
        self.listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self._accept, daemon=True).start()
        return f"127.0.0.1:{self.listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.left -= 1
            if self.left < 0:
                client.close()
                continue
            server = socket.create_connection(self.upstream)
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(a, b), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
