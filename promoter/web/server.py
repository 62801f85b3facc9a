"""The server: pages of the newest snapshot, errors as pages, and headers that allow little."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from promoter.common.errors import PromoterError, UsageError
from promoter.web.acting import Acting
from promoter.web.events import Events
from promoter.web.reader import Reader
from promoter.web.rendering import STATIC, UNREADABLE_PAGE, render_page, static_file
from promoter.web.responses import HEADERS, error_page, path_of
from promoter.web.sign_in import SignIn
from promoter.web.snapshot import Snapshot
from promoter.web.watcher import Explain

HOME = "index.html"
_MOST_PAGES = 500
_GRACE_SECONDS = 2


def create_app(
    reader: Reader,
    hosts: Sequence[str],
    explain: Explain,
    events: Events | None = None,
    sign_in: SignIn | None = None,
    acting: Acting | None = None,
) -> Starlette:
    """Return the application; ``hosts`` are the names by which browsers may call it.

    With ``events`` the pages follow them. With ``sign_in`` people can sign in, and with
    ``acting`` approve and stop.
    """
    server = _Server(reader, explain, events, account=sign_in is not None)
    return Starlette(
        routes=[
            *(sign_in.routes if sign_in else ()),
            *(acting.routes if acting else ()),
            *(Route(f"/{name}", server.static, methods=["GET"]) for name in STATIC),
            Route("/events", server.stream, methods=["GET"]),
            Route("/{path:path}", server.page, methods=["GET"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
            *(sign_in.middleware if sign_in else ()),
        ],
        exception_handlers={405: server.method},
    )


@dataclass
class _Server:
    """The endpoints. Rendered pages are kept until there is another snapshot."""

    reader: Reader
    explain: Explain
    events: Events | None = None
    account: bool = False
    _rendered: dict[str, bytes] = field(default_factory=dict)
    _of: Snapshot | None = None

    def static(self, request: Request) -> Response:
        """Return a file that pages refer to."""
        name = request.url.path.lstrip("/")
        return _response(request, static_file(name), STATIC[name])

    async def stream(self, request: Request) -> Response:  # noqa: ARG002
        """Return the stream of events."""
        if self.events is None or self.events.is_full:
            error = PromoterError("open event stream: too many are open")
            return error_page("events", 503, "No events", error)
        closing = anyio.Event()  # Set when the server ends, so that the stream ends properly.
        return EventSourceResponse(
            self.events.stream(closing),
            headers=HEADERS,
            shutdown_event=closing,
            shutdown_grace_period=_GRACE_SECONDS,
        )

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
        return error_page(path_of(request), 405, "Not allowed", reason)

    def _page(self, snapshot: Snapshot, path: str) -> bytes:
        if self._of is not snapshot or len(self._rendered) > _MOST_PAGES:
            self._of, self._rendered = snapshot, {}
        rendered, live = self._rendered, self.events is not None
        if path not in rendered:
            rendered[path] = render_page(snapshot, path, live=live, account=self.account).encode()
        return rendered[path]

    def _error(self, path: str, status: int, title: str, error: PromoterError) -> Response:
        return error_page(path, status, title, error, live=self.events is not None)


def _response(request: Request, content: bytes, media_type: str = "text/html") -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
