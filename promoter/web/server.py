"""The server: pages of the newest snapshot, errors as pages, and headers that allow little."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from promoter.common.errors import PromoterError, UsageError
from promoter.web.events import Events
from promoter.web.reader import Reader
from promoter.web.rendering import (
    CONTENT_POLICY,
    SCRIPT,
    STYLE,
    UNREADABLE_PAGE,
    render_error,
    render_page,
    static_file,
)
from promoter.web.snapshot import Snapshot

HEADERS = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
HOME = "index.html"
_MOST_PAGES = 500

Explain = Callable[[Exception], PromoterError]
"""The function from an error that nobody expected to one with a report."""


def create_app(
    reader: Reader, hosts: Sequence[str], explain: Explain, events: Events | None = None
) -> Starlette:
    """Return the application; ``hosts`` are the names by which browsers may call it.

    With ``events`` the pages follow them.
    """
    server = _Server(reader, explain, events)
    return Starlette(
        routes=[
            Route(f"/{STYLE}", server.style, methods=["GET"]),
            Route(f"/{SCRIPT}", server.script, methods=["GET"]),
            Route("/events", server.stream, methods=["GET"]),
            Route("/{path:path}", server.page, methods=["GET"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
        exception_handlers={405: server.method},
    )


@dataclass
class _Server:
    """The endpoints. Rendered pages are kept until there is another snapshot."""

    reader: Reader
    explain: Explain
    events: Events | None = None
    _rendered: dict[str, bytes] = field(default_factory=dict)
    _of: Snapshot | None = None

    def style(self, request: Request) -> Response:
        """Return the style sheet."""
        return _response(request, static_file(STYLE), "text/css")

    def script(self, request: Request) -> Response:
        """Return the script that follows the events."""
        return _response(request, static_file(SCRIPT), "text/javascript")

    async def stream(self, request: Request) -> Response:  # noqa: ARG002
        """Return the stream of events."""
        if self.events is None or self.events.is_full:
            error = PromoterError("open event stream: too many are open")
            return self._error("events", 503, "No events", error)
        return EventSourceResponse(self.events.stream(), headers=HEADERS)

    def page(self, request: Request) -> Response:
        """Return a page, or the page of the error that it met."""
        path = request.path_params["path"] or HOME
        try:
            snapshot = self.reader.snapshot()
        except PromoterError as error:
            return self._error(path, 503, "The repository cannot be read", error)
        try:
            return _response(request, self._page(snapshot, path))
        except UsageError as error:
            return self._error(path, 404, "No such page", error)
        except PromoterError as error:
            return self._error(path, 500, UNREADABLE_PAGE, error)
        except Exception as error:
            return self._error(path, 500, UNREADABLE_PAGE, self.explain(error))

    def method(self, request: Request, error: Exception) -> Response:  # noqa: ARG002
        """Return the page for a method that no page takes."""
        reason = PromoterError(f"{request.method} a page: pages are read-only")
        return self._error(request.url.path.lstrip("/"), 405, "Not allowed", reason)

    def _page(self, snapshot: Snapshot, path: str) -> bytes:
        if self._of is not snapshot or len(self._rendered) > _MOST_PAGES:
            self._of, self._rendered = snapshot, {}
        rendered, live = self._rendered, self.events is not None
        if path not in rendered:
            rendered[path] = render_page(snapshot, path, live=live).encode()
        return rendered[path]

    def _error(self, path: str, status: int, title: str, error: PromoterError) -> Response:
        body = render_error(path, status, title, str(error), error.next_step)
        return Response(body, status, HEADERS, "text/html")


def _response(request: Request, content: bytes, media_type: str = "text/html") -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
