"""Tokens from a federation as Concourse's jobs have one, and a cluster that is reached with it."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme
import yaml

from promoter.common.errors import ClusterError, PromoterError
from promoter.programs.cloud import google_token
from promoter.programs.kubectl import Kubectl
from promoter.toolchain import Toolchain
from tests.command_line import promoter
from tests.http_server import listening

ROOT = Path(__file__).parents[2]
PROVIDER = (
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/deployers"
    "/providers/concourse"
)


@contextmanager
def served(answer: Any, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve ``answer(path, headers, body)``, which returns status and document, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # Connections are kept.

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, document = answer(self.path, self.headers, body)
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with listening(Handler, context) as address:
        yield f"{'https' if context else 'http'}://{address}"


class SecurityTokenService:
    """Google's exchange of a job's token (RFC 8693) for one of the deployer."""

    def answer(self, path: str, _: Any, body: str) -> tuple[int, Any]:
        sent = {key: value for key, (value,) in parse_qs(body).items()}
        right = (path, sent["audience"], sent["subject_token"]) == ("/v1/token", PROVIDER, "job")
        if not right or sent["grant_type"] != "urn:ietf:params:oauth:grant-type:token-exchange":
            return 400, {"error": "invalid_grant", "error_description": "not of this job"}
        kind = "urn:ietf:params:oauth:token-type:access_token"
        token = {"access_token": "deployer", "expires_in": 600, "token_type": "Bearer"}
        return 200, {**token, "issued_token_type": kind}


@contextmanager
def federation(token: Path) -> Iterator[Path]:
    """Write a job's ``token``; gives the application default credentials that exchange it."""
    token.write_text("job")
    with served(SecurityTokenService().answer) as address:
        file = token.with_name("federation.json")
        document = {
            "type": "external_account",
            "audience": PROVIDER,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{address}/v1/token",
            "credential_source": {"file": str(token)},
        }
        file.write_text(json.dumps(document))
        yield file


@pytest.fixture
def job_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file with a job's token, and application default credentials that exchange it."""
    token = tmp_path / "token"
    with federation(token) as credentials:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(credentials))
        yield token


def test_a_jobs_token_is_exchanged_for_the_deployers(job_token: Path) -> None:
    assert google_token().value == "deployer"
    job_token.write_text("another job")
    with pytest.raises(PromoterError, match=r"sign in to Google Cloud: .*invalid_grant"):
        google_token()


def test_kubectl_signs_in_by_the_credential(job_token: Path, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def cluster(_: str, headers: Any, __: str) -> tuple[int, Any]:
        known = headers["Authorization"] == "Bearer deployer"
        return (200, "ok") if known else (401, {"kind": "Status", "code": 401})

    with served(cluster, context) as address:
        page = (ROOT / "docs/environments.md").read_text()
        block = page.partition("```yaml\nusers:")[2].partition("```")[0]
        certificate = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(certificate)
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "gke",
            "clusters": [
                {
                    "name": "gke",
                    "cluster": {"server": address, "certificate-authority": str(certificate)},
                }
            ],
            "contexts": [{"name": "gke", "context": {"cluster": "gke", "user": "deployer"}}],
            **yaml.safe_load(f"users:{block}"),
        }
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(document))
        kubectl = Kubectl(Toolchain(ROOT).program("kubectl"), kubeconfig)
        assert "ok" in kubectl.run("get", "--raw=/readyz", seconds=60)
        job_token.write_text("another job")
        with pytest.raises(ClusterError):
            kubectl.run("get", "--raw=/readyz", seconds=60)


def test_the_credential_is_of_kubernetes_format(job_token: Path) -> None:
    done = promoter("pipeline", "gke-credential")
    assert done.code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["kind"] == "ExecCredential"
    assert document["status"]["token"] == "deployer"
    assert job_token.read_text() == "job"


def test_without_credentials_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    done = promoter("pipeline", "gke-credential")
    assert done.code == 1
    assert "error: sign in to Google Cloud: " in done.stderr
    assert "next:  gcloud auth application-default login" in done.stderr
