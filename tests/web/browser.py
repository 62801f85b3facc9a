"""A browser without scripts: it keeps cookies, sends what browsers send, and follows links."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import httpx2
from starlette.types import ASGIApp

from promoter.cli.unexpected import explained
from promoter.site.site import Site
from promoter.web.acting import Acting
from promoter.web.reader import Reader
from promoter.web.server import create_app
from promoter.web.settings import SignInSettings, WebSettings
from promoter.web.sign_in import SignIn
from tests.web.provider import CLIENT, ISSUER, SECRET, Provider

ADDRESS = "https://page.bank.example"
ROLES = {"viewer": ("viewer",), "approver": ("approver",), "operator": ("operator",)}


def settings(**changes: object) -> WebSettings:
    """Return the settings of a server that people sign in to at the test's provider."""
    sign_in = {"issuer": ISSUER, "client_id": CLIENT, "roles": ROLES}
    own = {name: changes.pop(name) for name in list(changes) if name in SignInSettings.model_fields}
    return WebSettings.model_validate(
        {"address": ADDRESS, "sign_in": {**sign_in, **own}, **changes}
    )


def served(
    reader: Reader, provider: Provider, site: Site | None = None, **options: object
) -> ASGIApp:
    """Return the application, with ``provider`` in the place of the network.

    With ``site`` people can act on it.
    """
    clock = {"clock": options.pop("clock")} if "clock" in options else {}
    chosen = settings(**options)
    transport = httpx2.ASGITransport(provider.app)
    sign_in = SignIn(chosen, SECRET, explained, transport=transport, **clock)
    acting = Acting(sign_in, reader, lambda _: site.fetched()) if site else None
    return create_app(reader, [chosen.host], explained, sign_in=sign_in, acting=acting)


@dataclass
class Browser:
    """One browser, by default on the page itself."""

    app: ASGIApp
    provider: Provider
    address: str = ADDRESS
    cookies: httpx2.Cookies = field(default_factory=httpx2.Cookies)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open a page; redirects are not followed."""
        return self._send("GET", path, None, headers)

    def post(
        self, path: str, fields: dict[str, str] | list[tuple[str, str]], **headers: str
    ) -> httpx2.Response:
        """Send a form of a page of the server."""
        own = {
            "Origin": self.address,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._send("POST", path, urlencode(fields), {**own, **headers})

    def start(self, wanted: str = "/account") -> str:
        """Begin a sign-in; return the provider's address of it."""
        begun = self.get(f"/sign-in?{urlencode({'next': wanted})}")
        assert begun.status_code == 302, begun.text
        return begun.headers["Location"]

    def consent(self, location: str) -> str:
        """Return path and query of the callback that the provider redirects to."""
        answer = self._exchange(self.provider.app, "GET", location, None, {})
        back = urlsplit(answer.headers["Location"])
        assert f"{back.scheme}://{back.netloc}" == self.address
        return f"{back.path}?{back.query}"

    def sign_in(self, wanted: str = "/account") -> httpx2.Response:
        """Sign in as the provider's person; return the response to its redirect."""
        return self.get(self.consent(self.start(wanted)))

    def _send(
        self, method: str, path: str, content: str | None, headers: dict[str, str]
    ) -> httpx2.Response:
        return self._exchange(self.app, method, f"{self.address}{path}", content, headers)

    def _exchange(
        self, app: ASGIApp, method: str, url: str, content: str | None, headers: dict[str, str]
    ) -> httpx2.Response:
        async def send() -> httpx2.Response:
            transport = httpx2.ASGITransport(app)
            async with httpx2.AsyncClient(transport=transport, cookies=self.cookies) as client:
                found = await client.request(method, url, content=content, headers=headers)
                self.cookies = client.cookies
                return found

        return asyncio.run(send())


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "input" and (name := values.get("name")):
            self.found[name] = values.get("value") or ""


def fields(html: str) -> dict[str, str]:
    """Return the fields of a page's only form."""
    assert html.count("<form") == 1, html
    parser = _Inputs()
    parser.feed(html)
    return parser.found
