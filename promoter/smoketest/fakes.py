"""Fakes that keep the contracts of third-party programs on simulated nodes, as one program.

Each answers the requests that others in an installation send to its part, and checks its input as
the part does: a token without a valid signature is rejected, a form without HTML is no document.
Keycloak's paths and responses: its server documentation, "OIDC endpoints".
"""

import hmac
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

_REALMS = ("internal", "customer")
_CLIENT = "internal-service-account"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_CERTS = "protocol/openid-connect/certs"
_TOKEN_SECONDS = 300
_TIMEOUT_SECONDS = 5
_MAX_BYTES = 1024 * 1024
_KEY_ID = "fake"
_API = "https://admin-api/graphql"
_CODE_LOCATION = {"name": "fake", "locationOrLoadError": {"__typename": "RepositoryLocation"}}
_PDF_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
)


@dataclass(frozen=True)
class Request:
    """A request: method, path without its query, headers and body."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Reply:
    """The status, body and content type of a response."""

    status: int
    body: bytes
    content_type: str = "application/json"


def json_reply(status: int, body: object) -> Reply:
    """Return ``body`` as a JSON reply."""
    return Reply(status, json.dumps(body).encode())


NOT_FOUND = json_reply(404, {"error": "no such path"})


def keycloak(request: Request) -> Reply:
    """Reply as Keycloak: realms, their key, tokens for INTERNAL_SERVICE_ACCOUNT_SECRET."""
    root, _, path = request.path.strip("/").partition("/")
    realm, _, path = path.partition("/")
    if root != "realms" or realm not in _REALMS:
        return NOT_FOUND
    if not path:
        return json_reply(200, {"realm": realm})
    if path == _CERTS:
        return _key_set()
    if path == "protocol/openid-connect/token" and request.method == "POST":
        return _token(realm, request.body)
    return NOT_FOUND


def _key_set() -> Reply:
    public_key = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
    return json_reply(200, {"keys": [{**public_key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]})


@cache
def _key() -> rsa.RSAPrivateKey:
    """Return the signing key, a new one for every process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _token(realm: str, body: bytes) -> Reply:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    secret = os.environ.get("INTERNAL_SERVICE_ACCOUNT_SECRET", "")
    known = realm == "internal" and form.get("client_id") == _CLIENT and secret
    if not known or not hmac.compare_digest(form.get("client_secret", ""), secret):
        return json_reply(401, {"error": "invalid_client"})
    if form.get("grant_type") != "client_credentials":
        return json_reply(400, {"error": "unsupported_grant_type"})
    token = _signed({"iss": f"/realms/{realm}", "sub": _CLIENT, "lanaId": _NOBODY})
    fields = {"access_token": token, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
    return json_reply(200, fields)


def _signed(claims: Mapping[str, str]) -> str:
    common = {"aud": [_API], "exp": int(time.time()) + _TOKEN_SECONDS}
    return jwt.encode({**claims, **common}, _key(), algorithm="RS256", headers={"kid": _KEY_ID})


def oathkeeper(request: Request) -> Reply:
    """Reply as Oathkeeper: forward a request with a valid token, reject any other.

    The server gets a token of Oathkeeper's own, as by its mutator ``id_token``, with Lana's id
    of the person in it; its key set is at /.well-known/jwks.json.

    KEYCLOAK_URL and SERVER_URL are the addresses of its upstreams. Only /graphql has a rule, and
    a request without a rule is rejected with 404 (its documentation, "Access rules").
    """
    if request.path == "/health/ready":
        return json_reply(200, {"status": "ok"})
    if request.path == "/.well-known/jwks.json":
        return _key_set()
    if request.path != "/graphql":
        return NOT_FOUND
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    claims = _verified(token) if scheme.lower() == "bearer" else None
    if claims is None:
        return json_reply(401, {"error": {"code": 401, "status": "Unauthorized"}})
    return _forward(request, str(claims.get("lanaId", "<nil>")))


def _verified(token: str) -> Mapping[str, object] | None:
    """Return the claims of a token, None if it is not valid."""
    url = f"{os.environ['KEYCLOAK_URL']}/realms/internal/{_CERTS}"
    try:
        key = jwt.PyJWKClient(url, timeout=_TIMEOUT_SECONDS).get_signing_key_from_jwt(token)
        return dict(jwt.decode(token, key.key, algorithms=["RS256"], audience=_API))
    except (jwt.PyJWTError, ValueError):
        return None


def _forward(request: Request, subject: str) -> Reply:
    try:
        response = httpx.request(
            request.method,
            f"{os.environ['SERVER_URL']}{request.path}",
            content=request.body,
            headers={
                "Content-Type": request.headers.get("Content-Type", "application/json"),
                "Authorization": f"Bearer {_signed({'iss': 'lana.bank', 'subject': subject})}",
            },
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
        )
    except httpx.HTTPError:
        return json_reply(502, {"error": {"code": 502, "status": "Bad Gateway"}})
    content_type = response.headers.get("Content-Type", "application/octet-stream")
    return Reply(response.status_code, response.content, content_type)


def oauth2_proxy(request: Request) -> Reply:
    """Reply as OAuth2 Proxy to somebody who has not signed in."""
    if request.path in ("/ping", "/ready"):
        return Reply(200, b"OK", "text/plain")
    return Reply(403, b"<html><body>Sign in</body></html>", "text/html")


def dagster(request: Request) -> Reply:
    """Reply as Dagster's web server: its version, and the code location that it has loaded."""
    if request.path == "/server_info":
        names = ("dagster_version", "dagster_graphql_version", "dagster_webserver_version")
        return json_reply(200, dict.fromkeys(names, "fake"))
    if request.path != "/graphql" or request.method != "POST":
        return NOT_FOUND
    try:
        query = json.loads(request.body)["query"]
    except (ValueError, KeyError, TypeError):
        return json_reply(400, {"errors": [{"message": "Must provide query string."}]})
    if "workspaceOrError" not in str(query):
        return json_reply(400, {"errors": [{"message": "Cannot query that field."}]})
    workspace = {"workspaceOrError": {"locationEntries": [_CODE_LOCATION]}}
    return json_reply(200, {"data": workspace})


def gotenberg(request: Request) -> Reply:
    """Reply as Gotenberg: a form, if it has its index.html, becomes a PDF with one empty page."""
    if request.path == "/health":
        return Reply(200, b'{"status":"up"}')
    if request.path != "/forms/chromium/convert/html" or request.method != "POST":
        return NOT_FOUND
    if b"<html" not in _form_files(request).get("index.html", b"").lower():
        message = b"Invalid form data: form file 'index.html' is required"
        return Reply(400, message, "text/plain")
    return Reply(200, _pdf(), "application/pdf")


def _form_files(request: Request) -> dict[str, bytes]:
    """Return the files of a form (RFC 7578) by their names."""
    head = f"Content-Type: {request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    parts = form.iter_parts() if form.is_multipart() else ()
    files = ((part.get_filename(), part.get_payload(decode=True)) for part in parts)
    return {name: content for name, content in files if name and isinstance(content, bytes)}


def _pdf() -> bytes:
    """Return a document with one empty page (PDF 1.4: objects, their offsets, the trailer)."""
    document = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(_PDF_OBJECTS, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(_PDF_OBJECTS) + 1
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(document))
    )


def serve(name: str, fake: Callable[[Request], Reply]) -> None:
    """Run ``fake`` on HOST:PORT until SIGTERM; print its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(min(length, _MAX_BYTES))
            path = self.path.partition("?")[0]
            reply = fake(Request(self.command, path, self.headers, body))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET  # noqa: N815 - the name is the base class's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            sys.stderr.write(f"{name} {format % args}\n")

    # Before there are threads, of which each first one would create another key.
    _key()
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    sys.stdout.write(f"{name} listening on {host!s}:{port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    fakes = {"keycloak": keycloak, "oathkeeper": oathkeeper, "oauth2-proxy": oauth2_proxy}
    serve(sys.argv[1], {**fakes, "dagster": dagster, "gotenberg": gotenberg}[sys.argv[1]])
