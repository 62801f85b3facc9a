"""Requests that change something: by a form of this server, of this session, and not too often."""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from promoter.common.errors import PromoterError
from promoter.web.responses import RequestRefused
from promoter.web.sessions import Session
from promoter.web.settings import WebSettings

_MOST_BYTES = 32_768
_FORM = "application/x-www-form-urlencoded"


class RateLimit:
    """At most ``times`` requests per minute of each caller."""

    def __init__(self, times: int) -> None:
        self._item = RateLimitItemPerMinute(times)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def require(self, caller: str) -> None:
        """Count a request of ``caller``; raises `RequestRefused` for one too many."""
        if not self._limiter.hit(self._item, caller):
            error = PromoterError("accept the request: too many within a minute")
            raise RequestRefused(429, "Too many requests", error, **{"Retry-After": "60"})


def caller(request: Request) -> str:
    """Return the address of the caller."""
    return request.client.host if request.client else ""


async def read_form(request: Request, settings: WebSettings, session: Session) -> Mapping[str, str]:
    """Return the fields of a form that a page of ``session`` sent; raises `RequestRefused`."""
    _require_own_page(request, settings)
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != _FORM:
        raise _refused(415, "it is not a form")
    pairs = parse_qsl((await _body(request)).decode(errors="replace"), keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _refused(400, "a field is there twice")
    if not secrets.compare_digest(fields.get("token", "").encode(), session.token.encode()):
        raise _refused(403, "it is not from a page of this session")
    return fields


def _require_own_page(request: Request, settings: WebSettings) -> None:
    """Raise `RequestRefused` for a request that a page of another site made."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.headers.get("Origin") != settings.address or site != "same-origin":
        raise _refused(403, "it is not from a page of this server")


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise _refused(413, f"it has more than {_MOST_BYTES} bytes")
    return body


def _refused(status: int, cause: str) -> RequestRefused:
    error = PromoterError(f"accept the form: {cause}", next_step="open the page again")
    return RequestRefused(status, "The form is not accepted", error)
