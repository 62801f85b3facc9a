"""Sign-in: the protocol, what a session is, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import OctKey

from promoter.common.errors import InvalidFile, PromoterError
from promoter.site.site import Site
from promoter.web.reader import Reader
from promoter.web.settings import read_settings
from promoter.web.snapshot import Snapshot
from tests.site.repository import site
from tests.web.browser import ADDRESS, Browser, fields, served
from tests.web.document import Document
from tests.web.provider import OTHER, SECRET, Provider

__all__ = ["site"]

Make = Callable[..., Browser]


@pytest.fixture
def make(site: Site) -> Make:
    """Browsers of a server, each of one with settings of its own."""
    reader = Reader(lambda: Snapshot.read(site.git.dir))

    def made(**options: object) -> Browser:
        provider = Provider(f"{ADDRESS}/sign-in/callback")
        return Browser(served(reader, provider, **options), provider)

    return made


@pytest.fixture
def browser(make: Make) -> Browser:
    return make()


def text(response: httpx2.Response) -> str:
    """Return the text of a page, which has neither a traceback nor the client's secret."""
    document = Document(response.text)
    assert not document.problems
    assert "Traceback" not in response.text
    assert SECRET not in response.text
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    return document.text


def test_a_person_signs_in_and_out(browser: Browser) -> None:
    assert "You are not signed in." in text(browser.get("/account"))
    back = browser.sign_in("/environments/qa.html")
    assert (back.status_code, back.headers["Location"]) == (303, "/environments/qa.html")
    page = browser.get("/account")
    shown = text(page)
    assert "Signed in as ann" in shown
    assert "https://id.bank.example/realms/staff 0198-ann" in shown
    assert "Roles approver" in shown
    assert page.headers["Cache-Control"] == "no-store"
    assert "You are not signed in." in text(browser.post("/sign-out", fields(page.text)))
    assert "You are not signed in." in text(browser.get("/account"))


def test_the_cookie_is_new_at_sign_in_and_only_for_this_server(browser: Browser) -> None:
    browser.start()
    before = browser.cookies["__Host-promoter"]
    done = browser.sign_in()
    (cookie,) = done.headers.get_list("Set-Cookie")
    name, _, rest = cookie.partition("=")
    assert name == "__Host-promoter"
    assert {"httponly", "samesite=lax", "secure", "path=/"} <= set(rest.split("; "))
    assert "domain" not in rest.lower()
    assert browser.cookies[name] != before
    assert "Max-Age=3600" in rest


def test_a_session_that_was_stolen_before_sign_in_is_worth_nothing(browser: Browser) -> None:
    browser.start()
    thief = Browser(browser.app, browser.provider, cookies=httpx2.Cookies(browser.cookies))
    browser.sign_in()
    assert "You are not signed in." in text(thief.get("/account"))


def test_an_old_cookie_does_not_outlive_its_sign_out(browser: Browser) -> None:
    browser.sign_in()
    thief = Browser(browser.app, browser.provider, cookies=httpx2.Cookies(browser.cookies))
    assert "Signed in as ann" in text(thief.get("/account"))
    browser.post("/sign-out", fields(browser.get("/account").text))
    assert "You are not signed in." in text(thief.get("/account"))


def test_a_session_ends(make: Make) -> None:
    now = [datetime.now(UTC)]
    browser = make(clock=lambda: now[0], reading="roles", session="30m")
    browser.sign_in()
    assert browser.get("/").status_code == 200
    now[0] += timedelta(minutes=31)
    ended = browser.get("/")
    assert ended.status_code == 401
    assert "sign in again: the session has ended" in text(ended)


@pytest.mark.parametrize("value", ["x", "e30=.x.y", "null", "\\x00", "a" * 5000])
def test_a_forged_cookie_is_no_session(make: Make, value: str) -> None:
    browser = make(reading="roles")
    refused = browser.get("/", Cookie=f"__Host-promoter={value}")
    assert refused.status_code == 401
    assert "Sign in" in text(refused)


WRONG: dict[str, dict[str, object]] = {
    "another audience": {"claims": {"aud": "other"}},
    "an audience among others, made for another client": {
        "claims": {"aud": ["promoter", "other"], "azp": "other"}
    },
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "no audience": {"claims": {"aud": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no end": {"claims": {"exp": None}},
    "of the future": {"claims": {"nbf": 4_000_000_000}},
    "no nonce": {"claims": {"nonce": None}},
    "another nonce": {"claims": {"nonce": "replayed"}},
    "no subject": {"claims": {"sub": None}},
    "a subject with a line end": {"subject": "ann\nroles"},
    "an empty subject": {"subject": ""},
    "a subject that is a list": {"claims": {"sub": ["0198-ann"]}},
    "a subject of 1 MB": {"subject": "a" * 1_000_000},
    "another key": {"key": OTHER},
    "no signature": {"header": {"alg": "none"}},
    "the client's secret as a key": {
        "key": OctKey.import_key(SECRET),
        "header": {"alg": "HS256", "kid": "first"},
    },
    "no ID token": {"body": b'{"access_token": "x", "token_type": "Bearer"}'},
    "no tokens": {"body": b"[]"},
    "no JSON": {"body": b"<html>"},
    "tokens of 2 MB": {"body": b'{"a": "' + b"a" * 2_000_000 + b'"}'},
    "an ID token that is none": {"body": b'{"access_token": "x", "id_token": "a.b.c"}'},
    "an ID token that is a number": {"body": b'{"access_token": "x", "id_token": 1}'},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_token_is_no_sign_in(browser: Browser, changes: dict[str, object]) -> None:
    for name, value in changes.items():
        setattr(browser.provider, name, value)
    refused = browser.sign_in()
    assert refused.status_code in (400, 502)
    assert "unexpected" not in text(refused)
    assert "You are not signed in." in text(browser.get("/account"))


def test_a_response_counts_once_and_only_in_the_browser_that_began(browser: Browser) -> None:
    other = Browser(browser.app, browser.provider)
    refused = other.get(browser.consent(browser.start()))
    assert refused.status_code == 400
    assert "State not equal" in text(refused)
    callback = browser.consent(browser.start())
    assert browser.get(callback).status_code == 303
    again = browser.get(callback)
    assert again.status_code == 400
    assert "State not equal" in text(again)


def test_a_code_of_another_sign_in_is_refused(browser: Browser) -> None:
    mallory = Browser(browser.app, browser.provider)
    stolen = mallory.consent(mallory.start()).partition("code=")[2].partition("&")[0]
    own = browser.consent(browser.start())
    code = own.partition("code=")[2].partition("&")[0]
    refused = browser.get(own.replace(code, stolen))
    assert refused.status_code == 400
    assert "invalid_grant" in text(refused)


@pytest.mark.parametrize(
    ("query", "cause"),
    [
        ("", "State not equal"),
        ("code=a", "State not equal"),
        ("state=a", "State not equal"),
        ("error=access_denied&error_description=Call+0900", "access_denied"),
        ("error=%3Cscript%3E", "it was ended there"),
        ("code=a&state=b&iss=https://evil.example", "names another issuer"),
    ],
)
def test_a_made_up_response_shows_no_text_of_its_own(
    browser: Browser, query: str, cause: str
) -> None:
    refused = browser.get(f"/sign-in/callback?{query}")
    assert refused.status_code == 400
    assert cause in text(refused)
    assert "0900" not in refused.text
    assert "<script>" not in refused.text


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a//evil.example",
        "javascript:alert(1)",
        "/%0d%0aX: 1",
        "/a\r\nX: 1",
        " /",
        "",
        "/" + "a" * 5000 + "<",
    ],
)
def test_sign_in_leads_to_no_other_site(browser: Browser, wanted: str) -> None:
    assert browser.sign_in(wanted).headers["Location"] == "/"


def test_no_header_changes_the_address(browser: Browser) -> None:
    for name in ("X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-URL"):
        begun = browser.get("/sign-in", **{name: "evil.example"})
        assert "redirect_uri=https%3A%2F%2Fpage.bank.example%2F" in begun.headers["Location"]
        assert "evil" not in begun.headers["Location"]
    assert browser.get("/sign-in", Host="evil.example").status_code == 400


def test_sign_ins_are_limited_per_address(browser: Browser) -> None:
    codes = [browser.get("/sign-in").status_code for _ in range(21)]
    assert codes == [302] * 20 + [429]
    limited = browser.get("/sign-in", **{"X-Forwarded-For": "192.0.2.1"})
    assert limited.status_code == 429
    assert limited.headers["Retry-After"] == "60"
    assert "too many within a minute" in text(limited)


def test_a_provider_that_fails_is_an_error_of_its_own(make: Make) -> None:
    for changes in ({"status": 500}, {"metadata": {"issuer": "https://evil.example"}}):
        browser = make()
        for name, value in changes.items():
            setattr(browser.provider, name, value)
        refused = browser.get("/sign-in")
        assert refused.status_code == 502
        assert "sign in at https://id.bank.example/realms/staff" in text(refused)
        browser.provider.status, browser.provider.metadata = 200, {}
        assert browser.sign_in().status_code == 303


@pytest.mark.parametrize(
    ("claim", "claims", "roles"),
    [
        ("roles", {"roles": ["viewer", "unknown", 3, None]}, "viewer"),
        ("roles", {"roles": "operator"}, "operator"),
        ("roles", {"roles": {"approver": True}}, "none"),
        ("roles", {"roles": None}, "none"),
        ("realm_access.roles", {"realm_access": {"roles": ["approver"]}}, "approver"),
        ("realm_access.roles", {"realm_access": ["approver"]}, "none"),
        ("https://bank.example/roles", {"https://bank.example/roles": ["viewer"]}, "viewer"),
        ("roles", {"roles": ["approver"] + ["a" * 9] * 5_000}, "approver"),
    ],
)
def test_roles_come_from_a_claim(
    make: Make, claim: str, claims: dict[str, object], roles: str
) -> None:
    browser = make(roles_claim=claim)
    browser.provider.claims = {"roles": None, **claims}
    assert browser.sign_in().status_code == 303
    assert f"Roles {roles} Until" in text(browser.get("/account"))


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "a" * 10_000, "\x1b[31mred", 7])
def test_a_name_is_only_text(browser: Browser, name: object) -> None:
    browser.provider.claims = {"preferred_username": name}
    browser.sign_in()
    page = browser.get("/account")
    assert "Signed in as" in text(page)
    assert "<img" not in page.text
    assert "\x1b" not in page.text
    assert len(page.text) < 5_000


def test_reading_is_open_or_for_roles(make: Make) -> None:
    assert make().get("/environments/qa.html").status_code == 200
    browser = make(reading="roles")
    for path in ("/", "/environments/qa.html", "/events", "/none", "/account"):
        refused = browser.get(path)
        assert refused.status_code == 401, path
        assert "Sign in" in text(refused)
    assert "sign-in?next=/environments/qa.html" in browser.get("/environments/qa.html").text
    assert browser.get("/style.css").status_code == 200
    browser.provider.roles = ["stranger"]
    browser.sign_in()
    refused = browser.get("/environments/qa.html")
    assert refused.status_code == 403
    assert "ann has none of the roles viewer, approver, operator" in text(refused)
    browser.provider.roles = ["viewer"]
    browser.sign_in()
    assert browser.get("/environments/qa.html").status_code == 200


@pytest.mark.parametrize(
    ("headers", "changes", "status"),
    [
        ({"Origin": "https://evil.example"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({"Origin": "http://page.bank.example"}, {}, 403),
        ({"Origin": "https://page.bank.example.evil.example"}, {}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403),
        ({"Sec-Fetch-Site": "same-site"}, {}, 403),
        ({"Content-Type": "text/plain"}, {}, 415),
        ({"Content-Type": "application/json"}, {}, 415),
        ({}, {"token": ""}, 403),
        ({}, {"token": "0" * 64}, 403),
        ({}, {"token": "\u00e9"}, 403),
        ({}, {"reason": "a" * 40_000}, 413),
    ],
)
def test_a_form_of_another_page_is_refused(
    browser: Browser, headers: dict[str, str], changes: dict[str, str], status: int
) -> None:
    browser.sign_in()
    form = fields(browser.get("/account").text)
    refused = browser.post("/sign-out", {**form, **changes}, **headers)
    assert refused.status_code == status
    assert "The form is not accepted" in text(refused)
    assert "Signed in as ann" in text(browser.get("/account"))


def test_a_field_that_is_there_twice_is_refused(browser: Browser) -> None:
    browser.sign_in()
    token = fields(browser.get("/account").text)["token"]
    refused = browser.post("/sign-out", [("token", token), ("token", token)])
    assert refused.status_code == 400
    assert "a field is there twice" in text(refused)


def test_a_form_of_another_session_is_refused(browser: Browser) -> None:
    mallory = Browser(browser.app, browser.provider)
    mallory.sign_in()
    browser.sign_in()
    theirs = fields(mallory.get("/account").text)
    assert browser.post("/sign-out", theirs).status_code == 403
    assert browser.get("/sign-out").status_code == 404
    assert Browser(browser.app, browser.provider).post("/sign-out", theirs).status_code == 401


SETTINGS = """\
address: https://page.bank.example
sign_in:
  issuer: https://id.bank.example/realms/staff
  client_id: promoter
"""


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("https://page", "http://page", "http:// for localhost alone"),
        ("page.bank.example", "page.bank.example/path", "without a path"),
        ("https://id", "http://id", "address of an OpenID provider"),
        ("/staff", "/staff?x=1", "address of an OpenID provider"),
        ("client_id: promoter", "client_id: ''", "at least 1 character"),
        ("client_id: promoter", "client_id: a\n  client_secret: b", "Extra inputs"),
        ("client_id: promoter", "client_id: a\n  roles: {admin: [a]}", "'viewer', 'approver'"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, old: str, new: str, cause: str) -> None:
    file = tmp_path / "web.yml"
    file.write_text(SETTINGS.replace(old, new))
    with pytest.raises(InvalidFile, match=cause):
        read_settings(file)


def test_missing_settings_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(PromoterError, match="No such file"):
        read_settings(tmp_path / "web.yml")
