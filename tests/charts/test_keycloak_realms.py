"""The chart's realms in a real Keycloak: each client gets a token by its own flow only."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.charts.chart_rendering import Chart, whole_values
from tests.charts.keycloak_server import (
    LANA_ID,
    MISSING,
    PASSWORD,
    PERSON,
    SECRETS,
    Address,
    Keycloak,
    Visitor,
    add_person,
    available,
    running,
)

DOMAIN = "staging.lana.localhost"
SERVICES = {
    "internal": ("internal-service-account", SECRETS["INTERNAL_SERVICE_ACCOUNT_SECRET"]),
    "customer": ("customer-service-account", SECRETS["CUSTOMER_SERVICE_ACCOUNT_SECRET"]),
}
API = {"internal": "https://admin-api/graphql", "customer": "https://customer-api/graphql"}
BROWSERS = [
    ("internal", "admin-panel", f"https://admin.{DOMAIN}/auth/callback", ""),
    (
        "customer",
        "customer-portal",
        f"https://app.{DOMAIN}/api/auth/callback/keycloak",
        SECRETS["CUSTOMER_PORTAL_SECRET"],
    ),
    (
        "internal",
        "oauth2-proxy",
        f"https://dagster.{DOMAIN}/oauth2/callback",
        SECRETS["OAUTH2_PROXY_SECRET"],
    ),
]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not available(), reason=MISSING),
]


@pytest.fixture(scope="module")
def keycloak(chart: Chart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    data = next(
        found["data"]
        for found in chart.render(whole_values())
        if found["kind"] == "ConfigMap" and found["metadata"]["name"] == "lana-bank-keycloak"
    )
    with running(tmp_path_factory.mktemp("keycloak"), data) as server:
        for realm in SERVICES:
            add_person(server, realm, service_token(server, realm))
        yield server


def ask(server: Keycloak, realm: str, **form: str) -> httpx.Response:
    address = f"{server.url}/realms/{realm}/protocol/openid-connect/token"
    return httpx.post(address, data=form, timeout=30)


def service_token(server: Keycloak, realm: str) -> str:
    client, secret = SERVICES[realm]
    given = ask(
        server, realm, grant_type="client_credentials", client_id=client, client_secret=secret
    )
    assert given.status_code == 200, given.text
    token: str = given.json()["access_token"]
    return token


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@dataclass
class Browser:
    """Follows a sign-in as a browser does."""

    server: Address
    realm: str
    client: str
    redirect: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    visitor: Visitor = field(default_factory=Visitor)

    def open(self, **changed: str) -> httpx.Response:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        wanted = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.redirect,
            "scope": "openid",
            "state": "of-the-test",
            "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            **changed,
        }
        address = f"{self.server.url}/realms/{self.realm}/protocol/openid-connect/auth"
        return self.visitor.send("GET", address, params={k: v for k, v in wanted.items() if v})

    def sign_in(self) -> httpx.Response:
        """Return the response to the person's name and password."""
        page = self.open()
        # The form leads to Keycloak's public name, which is this server.
        text = re.sub(r"https://auth\.[^/]+", self.server.url, page.text)
        return self.visitor.fill(httpx.Response(page.status_code, text=text), PERSON, PASSWORD)

    def code(self) -> str:
        answer = self.sign_in()
        assert answer.status_code == 302, answer.text
        location = answer.headers["location"]
        assert location.startswith(self.redirect + "?"), location
        return parse_qs(urlsplit(location).query)["code"][0]


@pytest.mark.parametrize("realm", SERVICES)
def test_a_service_gets_a_token_by_its_credentials(keycloak: Keycloak, realm: str) -> None:
    given = claims(service_token(keycloak, realm))
    assert given["iss"] == f"{keycloak.url}/realms/{realm}"
    # The server accepts no token without a subject; the smoketest's is nobody's.
    nobody = {"internal": "00000000-0000-0000-0000-000000000000"}
    assert given.get("lanaId") == nobody.get(realm)
    roles = set(given["resource_access"]["realm-management"]["roles"])
    assert roles >= {"manage-users", "view-users", "query-users"}
    assert not roles & {"realm-admin", "manage-realm", "manage-clients"}


@pytest.mark.parametrize(("realm", "client", "redirect", "secret"), BROWSERS)
def test_a_browser_gets_a_token_by_a_code_and_its_verifier(
    keycloak: Keycloak, realm: str, client: str, redirect: str, secret: str
) -> None:
    browser = Browser(keycloak, realm, client, redirect)
    form = {
        "grant_type": "authorization_code",
        "client_id": client,
        "redirect_uri": redirect,
        "code": browser.code(),
        "code_verifier": browser.verifier,
    }
    given = ask(keycloak, realm, **form, **({"client_secret": secret} if secret else {}))
    assert given.status_code == 200, given.text
    token = claims(given.json()["access_token"])
    assert token["azp"] == client
    if client == "oauth2-proxy":
        assert "oauth2-proxy" in token["aud"]
        assert API["internal"] not in token["aud"], "a token for Dagster opens no API"
    else:
        assert API[realm] in token["aud"]
        assert token["lanaId"] == LANA_ID


@pytest.mark.parametrize(("realm", "client", "redirect", "secret"), BROWSERS)
def test_a_code_is_worth_nothing_without_its_verifier(
    keycloak: Keycloak, realm: str, client: str, redirect: str, secret: str
) -> None:
    browser = Browser(keycloak, realm, client, redirect)
    given = ask(
        keycloak,
        realm,
        grant_type="authorization_code",
        client_id=client,
        redirect_uri=redirect,
        code=browser.code(),
        code_verifier="x" * 64,
        client_secret=secret,
    )
    assert given.status_code == 400
    assert given.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("realm", "client", "redirect", "secret"), BROWSERS)
def test_sign_in_requires_pkce_and_a_registered_redirect(
    keycloak: Keycloak, realm: str, client: str, redirect: str, secret: str
) -> None:
    browser = Browser(keycloak, realm, client, redirect)
    without = browser.open(code_challenge="", code_challenge_method="")
    assert without.status_code == 302, "PKCE is required"
    assert "error=invalid_request" in without.headers["location"]
    elsewhere = browser.open(redirect_uri="https://example.com/callback")
    assert elsewhere.status_code == 400


@pytest.mark.parametrize(("realm", "client", "redirect", "secret"), BROWSERS)
def test_the_password_grant_is_disabled(
    keycloak: Keycloak, realm: str, client: str, redirect: str, secret: str
) -> None:
    given = ask(
        keycloak,
        realm,
        grant_type="password",
        client_id=client,
        client_secret=secret,
        username=PERSON,
        password=PASSWORD,
    )
    assert given.status_code in (400, 401)
    assert given.json()["error"] == "unauthorized_client"


@pytest.mark.parametrize("realm", SERVICES)
def test_a_wrong_secret_and_an_unreplaced_placeholder_are_rejected(
    keycloak: Keycloak, realm: str
) -> None:
    client, _ = SERVICES[realm]
    for secret in ("wrong", "secret", "${INTERNAL_SERVICE_ACCOUNT_SECRET}"):
        given = ask(
            keycloak, realm, grant_type="client_credentials", client_id=client, client_secret=secret
        )
        assert given.status_code == 401
