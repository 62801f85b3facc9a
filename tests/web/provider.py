"""An OpenID provider in this process: it enforces the protocol, and its tokens can be made wrong.

A real Keycloak makes no wrong token; `test_keycloak.py` signs in at one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER = "https://id.bank.example/realms/staff"
CLIENT = "promoter"
SECRET = "of-the-client-in-this-test"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@dataclass
class Provider:
    """The provider, and the person who signs in next.

    ``claims`` replace those of a right ID token (None removes one), ``key`` and ``header`` sign
    it. ``metadata`` replace those of discovery, ``body`` the whole response with tokens.
    """

    callback: str
    subject: str = "0198-ann"
    roles: object = ("approver",)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "first"})
    key: RSAKey | OctKey = field(default_factory=lambda: KEY)
    metadata: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    status: int = 200
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        base = "/realms/staff"
        return Starlette(
            routes=[
                Route(f"{base}/.well-known/openid-configuration", self._discovery),
                Route(f"{base}/authorize", self._authorize),
                Route(f"{base}/token", self._token, methods=["POST"]),
                Route(f"{base}/keys", self._keys),
            ]
        )

    def _discovery(self, request: Request) -> Response:
        found = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse({**found, **self.metadata}, self.status)

    def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    def _authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query["response_type"] == "code", "no implicit flow"
        assert query["client_id"] == CLIENT
        assert query["redirect_uri"] == self.callback
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return RedirectResponse(f"{self.callback}?code={code}&state={query['state']}&iss={ISSUER}")

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        user = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if request.headers.get("Authorization") != f"Basic {user}":
            return JSONResponse({"error": "invalid_client"}, 401)
        if asked is None or challenge != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.body is not None:
            return Response(self.body, media_type="application/json")
        token = self._id_token(asked["nonce"])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        right = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "roles": self.roles,
            "preferred_username": "ann",
        }
        claims = {k: v for k, v in {**right, **self.claims}.items() if v is not None}
        if self.header["alg"] == "none":
            parts = (json.dumps(each).encode() for each in (self.header, claims))
            first, second = (base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts)
            return f"{first}.{second}."
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])
