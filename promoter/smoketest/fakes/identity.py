"""Fakes of the programs that sign users in: Keycloak, Oathkeeper and OAuth2 Proxy.

Keycloak's paths and responses: its server documentation, "OIDC endpoints".
"""

from __future__ import annotations

import hmac
import json
import os
import time
from functools import cache
from urllib.parse import parse_qs

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from promoter.smoketest.fakes.server import NOT_FOUND, Reply, Request, json_reply, serve

REALMS = ("internal", "customer")
CLIENT = "internal-service-account"
_CERTS = "protocol/openid-connect/certs"
_TOKEN_SECONDS = 300
_TIMEOUT_SECONDS = 5.0
_KEY_ID = "fake"


def keycloak(request: Request) -> Reply:
    """Reply as Keycloak: its two realms, their public key, and tokens for a service account.

    That account signs in with INTERNAL_SERVICE_ACCOUNT_SECRET.
    """
    words = request.path.strip("/").split("/")
    if len(words) < 2 or words[0] != "realms" or words[1] not in REALMS:
        return NOT_FOUND
    realm, path = words[1], "/".join(words[2:])
    if not path:
        return json_reply(200, {"realm": realm})
    if path == _CERTS:
        public_key = json.loads(RSAAlgorithm.to_jwk(_key().public_key()))
        keys = [{**public_key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]
        return json_reply(200, {"keys": keys})
    if path == "protocol/openid-connect/token" and request.method == "POST":
        return _token(realm, request.body)
    return NOT_FOUND


@cache
def _key() -> rsa.RSAPrivateKey:
    """Return the signing key, a new one for every process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _token(realm: str, body: bytes) -> Reply:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    secret = os.environ.get("INTERNAL_SERVICE_ACCOUNT_SECRET", "")
    known = realm == "internal" and form.get("client_id") == CLIENT and secret
    if not known or not hmac.compare_digest(form.get("client_secret", ""), secret):
        return json_reply(401, {"error": "invalid_client"})
    if form.get("grant_type") != "client_credentials":
        return json_reply(400, {"error": "unsupported_grant_type"})
    expiry = int(time.time()) + _TOKEN_SECONDS
    claims = {"iss": f"/realms/{realm}", "sub": CLIENT, "exp": expiry}
    token = jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": _KEY_ID})
    fields = {"access_token": token, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
    return json_reply(200, fields)


def oathkeeper(request: Request) -> Reply:
    """Reply as Oathkeeper: forward a request with a valid token, reject any other.

    KEYCLOAK_URL and SERVER_URL are the addresses of its upstreams. Only /graphql has a rule, and
    a request without a rule is rejected with 404 (its documentation, "Access rules").
    """
    if request.path == "/health/ready":
        return json_reply(200, {"status": "ok"})
    if request.path != "/graphql":
        return NOT_FOUND
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_valid(token):
        return json_reply(401, {"error": {"code": 401, "status": "Unauthorized"}})
    return _forward(request)


def _is_valid(token: str) -> bool:
    url = f"{os.environ['KEYCLOAK_URL']}/realms/internal/{_CERTS}"
    try:
        keys = httpx.get(url, timeout=_TIMEOUT_SECONDS, trust_env=False).raise_for_status().json()
        key_id = jwt.get_unverified_header(token).get("kid")
        key = next(each for each in jwt.PyJWKSet.from_dict(keys).keys if each.key_id == key_id)
        jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False})
    except (httpx.HTTPError, jwt.PyJWTError, StopIteration, ValueError):
        return False
    return True


def _forward(request: Request) -> Reply:
    try:
        response = httpx.request(
            request.method,
            f"{os.environ['SERVER_URL']}{request.path}",
            content=request.body,
            headers={"Content-Type": request.headers.get("Content-Type", "application/json")},
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


if __name__ == "__main__":
    serve({"keycloak": keycloak, "oathkeeper": oathkeeper, "oauth2-proxy": oauth2_proxy})
