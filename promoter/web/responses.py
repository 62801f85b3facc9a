"""Responses: pages with headers that allow little, and errors as pages."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from promoter.common.errors import PromoterError
from promoter.web.rendering import CONTENT_POLICY, render, render_error

# With `no-referrer` browsers send no Origin with forms.
HEADERS = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
PERSONAL = {**HEADERS, "Cache-Control": "no-store"}
"""The headers of pages that one person gets."""


class RequestRefused(Exception):
    """A request that gets the page of an error, with ``status`` and ``title``."""

    def __init__(self, status: int, title: str, error: PromoterError, **headers: str) -> None:
        super().__init__(str(error))
        self.status, self.title, self.error, self.headers = status, title, error, headers


def path_of(request: Request) -> str:
    """Return the path of the page, to which its links are relative."""
    return request.url.path.lstrip("/")


def error_page(
    path: str, status: int, title: str, error: PromoterError, *, live: bool = False
) -> Response:
    """Return the page for ``error``; a live one is replaced once there is a page."""
    body = render_error(path, status, title, str(error), error.next_step, live=live)
    return Response(body, status, HEADERS, "text/html")


def refusal_page(request: Request, refused: Exception) -> Response:
    """Return the page for a refused request; one that only lacks a sign-in links to it."""
    assert isinstance(refused, RequestRefused)  # noqa: S101
    error = refused.error
    reason = {"reason": str(error), "next_step": error.next_step, "title": refused.title}
    context = {**reason, "status": refused.status, "sign_in": refused.status == 401}
    found = personal_page(request, "error.html", context, refused.status)
    found.headers.update(refused.headers)
    return found


def personal_page(
    request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """Return a page that only the person who requests it gets."""
    shared = {"snapshot": None, "live": False, "account": True}
    body = render(template, path_of(request), {**shared, **context})
    return Response(body, status, PERSONAL, "text/html")
