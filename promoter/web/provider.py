"""The OpenID provider, by Authlib: Authorization Code with PKCE, and a checked ID token."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from promoter.common.errors import PromoterError
from promoter.common.http import limited
from promoter.web.responses import RequestRefused
from promoter.web.sessions import Clock, Expiring
from promoter.web.settings import WebSettings

CALLBACK = "/sign-in/callback"
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""The signatures of ID tokens that count: none with a shared secret, and not `none`."""

_MOST_BYTES = 1024 * 1024
_SECONDS = 15
_LEEWAY = 30
_ATTEMPT = timedelta(minutes=10)
_MOST_ATTEMPTS = 10_000


class Provider:
    """The provider that ``settings`` name; ``transport`` replaces the network."""

    def __init__(
        self,
        settings: WebSettings,
        secret: str | None,
        clock: Clock,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._issuer = settings.sign_in.issuer
        self._client_id = settings.sign_in.client_id
        self._callback = f"{settings.address}{CALLBACK}"
        self._client: StarletteOAuth2App = OAuth(cache=_Attempts(clock)).register(
            "provider",
            client_id=self._client_id,
            client_secret=secret,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": _SECONDS,
                "transport": LimitedTransport(transport or _network()),
            },
        )

    async def begin(self, request: Request, wanted: str) -> Response:
        """Return the redirect to the provider; ``wanted`` is the page to come back to."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._require_metadata()
                # With an attempt whose answer is late, the page of before is not lost.
                request.session["wanted"] = wanted
                found: Response = await self._client.authorize_redirect(request, self._callback)
                return found
        except _FAILURES as error:
            raise self._failed(error) from error

    async def complete(self, request: Request) -> Mapping[str, Any]:
        """Return the claims of the ID token for the code in ``request``.

        State, nonce, signature, issuer, audience and times are checked; raises `RequestRefused`.
        """
        query = request.query_params
        if query.get("iss", self._issuer) != self._issuer:
            raise _refused("the response names another issuer")
        if code := query.get("error"):  # Its description is anybody's text.
            raise _refused(code if re.fullmatch("[a-z_]{1,40}", code) else "it was ended there")
        options = {"iss": self._issuer, "aud": self._client_id}
        try:
            async with asyncio.timeout(_SECONDS):
                await self._require_metadata()
                token = await self._client.authorize_access_token(
                    request,
                    claims_options={
                        name: {"essential": True, "value": value} for name, value in options.items()
                    },
                    leeway=_LEEWAY,
                )
        except OAuthError as error:
            raise _refused(f"{error.error}: {error.description or 'no reason given'}") from error
        except JoseError as error:
            raise _refused(f"the ID token does not count: {error}") from error
        except _FAILURES as error:
            raise self._failed(error) from error
        claims: Mapping[str, Any] | None = token.get("userinfo")
        if not claims:
            raise _refused("the provider gave no ID token")
        return claims

    async def _require_metadata(self) -> None:
        """Read the provider's metadata once; raises `ValueError` for those of another issuer."""
        found = await self._client.load_server_metadata()
        if found.get("issuer") != self._issuer:
            found.clear()
            raise ValueError("its metadata name another issuer")
        named = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = [
            each for each in named if each in _ALGORITHMS
        ]

    def _failed(self, error: Exception) -> RequestRefused:
        cause = str(error) or type(error).__name__
        failed = PromoterError(
            f"sign in at {self._issuer}: {cause}", next_step="try again, then tell the operators"
        )
        return RequestRefused(502, "The sign-in service does not respond as it should", failed)


class LimitedTransport(httpx2.AsyncBaseTransport):
    """Sends by ``inner``; a response of more than 1 MiB is an error."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response with its whole body."""
        found = await self._inner.handle_async_request(request)
        chunks, size = [], 0
        async for chunk in found.aiter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > _MOST_BYTES:
                break
        await found.aclose()
        headers = {"Content-Type": found.headers.get("Content-Type", "")}
        body = limited(chunks, _MOST_BYTES)
        return httpx2.Response(found.status_code, headers=headers, content=body)


def _network() -> httpx2.AsyncBaseTransport:
    return httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))


class _Attempts:
    """Authlib's cache of states, with the nonce and the verifier of each, for ten minutes."""

    def __init__(self, clock: Clock) -> None:
        self._kept = Expiring[str](_ATTEMPT, _MOST_ATTEMPTS, clock)

    async def get(self, key: str) -> str | None:
        return self._kept.get(key)

    async def set(self, key: str, value: str, expires: int) -> None:  # noqa: ARG002
        self._kept.put(key, value)

    async def delete(self, key: str) -> None:
        self._kept.remove(key)


_FAILURES = (
    OAuthError,
    httpx2.HTTPError,
    ValueError,
    TypeError,
    KeyError,
    TimeoutError,
    RuntimeError,
)


def _refused(cause: str) -> RequestRefused:
    error = PromoterError(f"sign in: {cause}", next_step="sign in again")
    return RequestRefused(400, "The sign-in is not accepted", error)
