"""Fakes of Keycloak and Oathkeeper, which sign and verify tokens.

Keycloak's paths and responses: its server documentation, "OIDC endpoints".
"""

import hmac
import json
import os
import time
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from promoter.smoketest.fakes.server import NOT_FOUND, Reply, Request, json_reply

_REALMS = ("internal", "customer")
_CLIENT = "internal-service-account"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_CERTS = "protocol/openid-connect/certs"
_TOKEN_SECONDS = 300
_TIMEOUT_SECONDS = 5
_KEY_ID = "fake"
_API = "https://admin-api/graphql"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


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
    public_key = json.loads(RSAAlgorithm.to_jwk(_KEY.public_key()))
    return json_reply(200, {"keys": [{**public_key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]})


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
    return jwt.encode({**claims, **common}, _KEY, algorithm="RS256", headers={"kid": _KEY_ID})


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
    address = os.environ["SERVER_URL"].removeprefix("http://")
    server = HTTPConnection(address, timeout=_TIMEOUT_SECONDS)
    headers = {
        "Content-Type": request.headers.get("Content-Type", "application/json"),
        "Authorization": f"Bearer {_signed({'iss': 'lana.bank', 'subject': subject})}",
    }
    with closing(server):
        try:
            server.request(request.method, request.path, request.body, headers)
            response = server.getresponse()
            body = response.read()
        except (OSError, HTTPException):
            return json_reply(502, {"error": {"code": 502, "status": "Bad Gateway"}})
    content_type = response.getheader("Content-Type", "application/octet-stream")
    return Reply(response.status, body, content_type)
