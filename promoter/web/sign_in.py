"""Sign-in: who a browser belongs to, and what their roles let them see and do."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from promoter.common.errors import PromoterError
from promoter.web.forms import RateLimit, caller, read_form
from promoter.web.provider import CALLBACK, Provider
from promoter.web.rendering import STATIC
from promoter.web.responses import PERSONAL, RequestRefused, personal_page, refusal_page
from promoter.web.sessions import Clock, Expiring, Session, now
from promoter.web.settings import Role, WebSettings
from promoter.web.watcher import Explain

Endpoint = Callable[[Request], Awaitable[Response]]

SIGN_IN = "/sign-in"
_OPEN = (*(f"/{name}" for name in STATIC), SIGN_IN, CALLBACK)
"""What is served without a sign-in, even where reading requires one."""

_PAGE = re.compile(r"(?:/[A-Za-z0-9_~.-]+)+/?|/")
_MOST_SESSIONS = 10_000
_MOST_NAME = 200


class SignIn:
    """The sessions of the server, and the pages by which they begin and end."""

    def __init__(
        self,
        settings: WebSettings,
        secret: str | None,
        explain: Explain,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock = now,
    ) -> None:
        self.settings = settings
        self._explain, self._clock = explain, clock
        self._provider = Provider(settings, secret, clock, transport)
        self._sessions = Expiring[Session](settings.sign_in.session, _MOST_SESSIONS, clock)
        self._limit = RateLimit(20)

    @property
    def routes(self) -> list[Route]:
        """The pages of the sign-in."""
        return [
            self.route(SIGN_IN, self.begin),
            self.route(CALLBACK, self.complete),
            self.route("/sign-out", self.end, "POST"),
            self.route("/account", self.account),
        ]

    def route(self, path: str, endpoint: Endpoint, *methods: str) -> Route:
        """Return the route of a page whose errors are pages, too."""

        async def answered(request: Request) -> Response:
            try:
                return await endpoint(request)
            except RequestRefused as refused:
                return refusal_page(request, refused)
            except Exception as error:
                failed = RequestRefused(500, "This page cannot be shown", self._explain(error))
                return refusal_page(request, failed)

        return Route(path, answered, methods=list(methods or ("GET",)))

    @property
    def middleware(self) -> list[Middleware]:
        """The cookie, and the sign-in that reading may require."""
        prefix = "__Host-" if self.settings.is_secure else ""
        return [
            Middleware(
                SessionMiddleware,
                secret_key=secrets.token_urlsafe(32),  # Sessions end with the process anyway.
                session_cookie=f"{prefix}promoter",
                max_age=int(self.settings.sign_in.session.total_seconds()),
                same_site="lax",  # With `strict` the provider's redirect would come without it.
                https_only=self.settings.is_secure,
            ),
            Middleware(ReadingGuard, sign_in=self),
        ]

    def session(self, request: HTTPConnection) -> Session | None:
        """Return the session of the browser, None where it has none any more."""
        key = request.session.get("id")
        return self._sessions.get(key) if isinstance(key, str) else None

    def require(self, request: HTTPConnection, *roles: Role) -> Session:
        """Return the session; raises `RequestRefused` without one, or without any of ``roles``."""
        session = self.session(request)
        if session is None:
            ended = " again: the session has ended" if "id" in request.session else ""
            error = PromoterError(f"open {request.url.path}: sign in{ended}")
            raise RequestRefused(401, "Sign in", error)
        if roles and not session.roles.intersection(roles):
            error = PromoterError(
                f"open {request.url.path}: {session.name} has none of the roles {', '.join(roles)}",
                next_step="ask those who run the sign-in service for the role",
            )
            raise RequestRefused(403, "Not allowed", error)
        return session

    async def begin(self, request: Request) -> Response:
        """Redirect to the provider."""
        self._limit.require(caller(request))
        wanted = request.query_params.get("next", "/")
        return await self._provider.begin(request, wanted if _PAGE.fullmatch(wanted) else "/")

    async def complete(self, request: Request) -> Response:
        """Begin a session for the code that the provider gave, under a new id."""
        self._limit.require(caller(request))
        wanted = request.session.get("wanted", "/")
        session = self._session_of(await self._provider.complete(request))
        self._forget(request)
        key = secrets.token_urlsafe(32)
        self._sessions.put(key, session)
        request.session["id"] = key
        return RedirectResponse(wanted, 303, PERSONAL)

    async def end(self, request: Request) -> Response:
        """End the session."""
        await read_form(request, self.settings, self.require(request))
        self._forget(request)
        return personal_page(request, "account.html", {"session": None})

    async def account(self, request: Request) -> Response:
        """Show who is signed in."""
        return personal_page(request, "account.html", {"session": self.session(request)})

    def _forget(self, request: Request) -> None:
        self._sessions.remove(str(request.session.get("id")))
        request.session.clear()

    def _session_of(self, claims: Mapping[str, Any]) -> Session:
        settings, ends = self.settings.sign_in, self._clock() + self.settings.sign_in.session
        subject = claims["sub"]
        if not isinstance(subject, str) or not re.fullmatch(r"[!-~]{1,255}", subject):
            error = PromoterError("sign in: the subject is not 1 to 255 visible characters")
            raise RequestRefused(400, "The sign-in is not accepted", error)
        name = claims.get(settings.name_claim)
        shown = name[:_MOST_NAME] if isinstance(name, str) and name else subject
        values = _values(claims, settings.roles_claim)
        roles: frozenset[Role] = frozenset(
            role for role, allowed in settings.roles.items() if values.intersection(allowed)
        )
        return Session(f"{settings.issuer} {subject}", shown, roles, ends)


class ReadingGuard:
    """Lets only those read who have a role, if the settings require it."""

    def __init__(self, app: ASGIApp, sign_in: SignIn) -> None:
        self._app, self._sign_in = app, sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or the page by which to sign in."""
        answer: ASGIApp = self._app
        guards = self._sign_in.settings.reading == "roles"
        if guards and scope["type"] == "http" and scope["path"] not in _OPEN:
            request = Request(scope)
            try:
                self._sign_in.require(request, "viewer", "approver", "operator")
            except RequestRefused as refused:
                answer = refusal_page(request, refused)
        await answer(scope, receive, send)


def _values(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the texts of a claim; a name with dots that is no claim is a path."""
    found: Any = claims
    for part in [name] if name in claims else name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    texts = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    return frozenset(each for each in texts if isinstance(each, str))
