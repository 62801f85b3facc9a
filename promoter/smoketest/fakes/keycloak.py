"""Keycloak's contract: its two realms, their keys, and a token for a service account.

INTERNAL_SERVICE_ACCOUNT_SECRET is what the internal realm's service account signs in with.
Paths and answers: Keycloak's server documentation, "OIDC endpoints"; the key is new in every
process.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from promoter.smoketest.fakes.server import NOT_FOUND, Asked, Reply, reply_json, serve

REALMS = ("internal", "customer")
CLIENT = "internal-service-account"
_SECONDS = 300
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_KEY_ID = "contract"


def answer(asked: Asked) -> Reply:
    """What Keycloak would answer to ``asked``."""
    words = asked.path.strip("/").split("/")
    if len(words) < 2 or words[0] != "realms" or words[1] not in REALMS:
        return NOT_FOUND
    realm, rest = words[1], "/".join(words[2:])
    if not rest:
        return reply_json(200, {"realm": realm})
    if rest == "protocol/openid-connect/certs":
        return reply_json(200, {"keys": [_public_key()]})
    if rest == "protocol/openid-connect/token" and asked.method == "POST":
        return _token(realm, asked.body)
    return NOT_FOUND


def _token(realm: str, body: bytes) -> Reply:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    secret = os.environ.get("INTERNAL_SERVICE_ACCOUNT_SECRET", "")
    known = realm == "internal" and form.get("client_id") == CLIENT and secret
    if not known or not hmac.compare_digest(form.get("client_secret", ""), secret):
        return reply_json(401, {"error": "invalid_client"})
    if form.get("grant_type") != "client_credentials":
        return reply_json(400, {"error": "unsupported_grant_type"})
    claims = {"iss": f"/realms/{realm}", "sub": CLIENT, "exp": int(time.time()) + _SECONDS}
    token = jwt.encode(claims, _KEY, algorithm="RS256", headers={"kid": _KEY_ID})
    return reply_json(200, {"access_token": token, "token_type": "Bearer", "expires_in": _SECONDS})


def _public_key() -> Mapping[str, object]:
    described = json.loads(RSAAlgorithm.to_jwk(_KEY.public_key()))
    return {**described, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}


if __name__ == "__main__":
    serve("keycloak", answer)
