"""Oathkeeper's contract: a request to the API needs a token that Keycloak signed.

KEYCLOAK_URL and SERVER_URL say where they are. Anything but /graphql has no rule here, and
Oathkeeper refuses what no rule matches with 404 (its documentation, "Access rules").
"""

from __future__ import annotations

import os

import httpx
import jwt

from promoter.smoketest.fakes.server import NOT_FOUND, Asked, Reply, reply_json, serve

_SECONDS = 5.0
_UNAUTHORIZED = reply_json(401, {"error": {"code": 401, "status": "Unauthorized"}})


def answer(asked: Asked) -> Reply:
    """What Oathkeeper would answer to ``asked``: its upstream's answer, or a refusal."""
    if asked.path == "/health/ready":
        return reply_json(200, {"status": "ok"})
    if asked.path != "/graphql":
        return NOT_FOUND
    kind, _, token = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not _signed(token):
        return _UNAUTHORIZED
    return _forwarded(asked)


def _signed(token: str) -> bool:
    url = f"{os.environ['KEYCLOAK_URL']}/realms/internal/protocol/openid-connect/certs"
    try:
        keys = httpx.get(url, timeout=_SECONDS, trust_env=False).raise_for_status().json()
        wanted = jwt.get_unverified_header(token).get("kid")
        key = next(each for each in jwt.PyJWKSet.from_dict(keys).keys if each.key_id == wanted)
        jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False})
    except (httpx.HTTPError, jwt.PyJWTError, StopIteration, ValueError):
        return False
    return True


def _forwarded(asked: Asked) -> Reply:
    url = f"{os.environ['SERVER_URL']}{asked.path}"
    headers = {"Content-Type": asked.headers.get("Content-Type", "application/json")}
    try:
        answered = httpx.request(
            asked.method,
            url,
            content=asked.body,
            headers=headers,
            timeout=_SECONDS,
            trust_env=False,
        )
    except httpx.HTTPError:
        return reply_json(502, {"error": {"code": 502, "status": "Bad Gateway"}})
    kind = answered.headers.get("Content-Type", "application/octet-stream")
    return Reply(answered.status_code, answered.content, kind)


if __name__ == "__main__":
    serve("oathkeeper", answer)
