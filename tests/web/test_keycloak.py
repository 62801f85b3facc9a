"""Sign-in at a real Keycloak: Authorization Code with PKCE, roles, and what it signs for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from promoter.cli.unexpected import explained
from promoter.site.site import Site
from promoter.web.acting import Acting
from promoter.web.reader import Reader
from promoter.web.server import create_app
from promoter.web.sign_in import SignIn
from promoter.web.snapshot import Snapshot
from tests.approvals.people import on_page
from tests.charts.keycloak_server import MISSING, Keycloak, Visitor, available
from tests.site.repository import site
from tests.web.browser import ADDRESS, Browser, fields, settings
from tests.web.document import Document
from tests.web.keycloak import PASSWORD, PEOPLE, SECRET, staff
from tests.web.provider import Provider

__all__ = ["site"]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not available(), reason=MISSING),
]


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    with staff(tmp_path_factory.mktemp("keycloak"), ADDRESS) as server:
        yield server


def browser(site: Site, keycloak: Keycloak, **options: object) -> Browser:
    """Return a browser on a server whose provider is Keycloak, over the network."""
    chosen = settings(issuer=f"{keycloak.url}/realms/staff", **options)
    reader = Reader(lambda: Snapshot.read(site.git.dir))
    sign_in = SignIn(chosen, SECRET, explained)
    acting = Acting(sign_in, reader, lambda _: site.fetched())
    app = create_app(reader, [chosen.host], explained, sign_in=sign_in, acting=acting)
    return Browser(app, Provider(""))


def callback(location: str, name: str) -> str:
    """Return what Keycloak redirects ``name`` to, without the server's origin."""
    visitor = Visitor()
    done = visitor.fill(visitor.send("GET", location), name, PASSWORD)
    assert done.status_code == 302, done.text
    back = urlsplit(done.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == ADDRESS
    return f"{back.path}?{back.query}"


def signed_in(found: Browser, name: str) -> httpx2.Response:
    return found.get(callback(found.start(), name))


def test_a_person_signs_in_with_the_roles_of_keycloak(site: Site, keycloak: Keycloak) -> None:
    found = browser(site, keycloak, reading="roles")
    assert found.get("/").status_code == 401
    begun = found.start("/environments/qa.html")
    assert "code_challenge_method=S256" in begun
    assert "response_type=code" in begun
    done = found.get(callback(begun, "ann"))
    assert (done.status_code, done.headers["Location"]) == (303, "/environments/qa.html")
    assert found.get("/environments/qa.html").status_code == 200
    page = found.get("/account")
    shown = Document(page.text).text
    assert "Signed in as ann" in shown
    assert f"{keycloak.url}/realms/staff 0198-ann" in shown
    assert "Roles approver" in shown
    found.post("/sign-out", fields(page.text))
    assert found.get("/").status_code == 401


def test_a_person_without_a_role_is_refused(site: Site, keycloak: Keycloak) -> None:
    found = browser(site, keycloak, reading="roles")
    assert signed_in(found, "mallory").status_code == 303
    refused = found.get("/")
    assert refused.status_code == 403
    assert "mallory has none of the roles" in Document(refused.text).text


def test_a_response_is_not_used_twice(site: Site, keycloak: Keycloak) -> None:
    found = browser(site, keycloak)
    back = callback(found.start(), "ann")
    assert found.get(back).status_code == 303
    assert found.get(back).status_code == 400


def test_the_code_of_another_browser_or_client_is_refused(site: Site, keycloak: Keycloak) -> None:
    found, other = browser(site, keycloak), browser(site, keycloak)
    stolen = callback(other.start(), "ann").partition("code=")[2]
    own = callback(found.start(), "ann").partition("code=")[0]
    refused = found.get(f"{own}code={stolen}")
    assert refused.status_code == 400
    assert "invalid_grant" in Document(refused.text).text
    elsewhere = browser(site, keycloak, client_id="another")
    strange = callback(elsewhere.start(), "ann").partition("code=")[2]
    own = callback(found.start(), "ann").partition("code=")[0]
    assert found.get(f"{own}code={strange}").status_code == 400
    assert "You are not signed in." in Document(found.get("/account").text).text


def test_a_wrong_password_is_no_sign_in(site: Site, keycloak: Keycloak) -> None:
    found, visitor = browser(site, keycloak), Visitor()
    page = visitor.fill(visitor.send("GET", found.start()), "ann", "wrong")
    assert page.status_code == 200
    assert "Invalid username or password" in page.text
    assert "You are not signed in." in Document(found.get("/account").text).text


def test_two_people_approve_an_author_is_refused_and_a_stop_is_lifted(
    site: Site, keycloak: Keycloak, tmp_path: Path
) -> None:
    page = on_page(site, tmp_path, issuer=f"{keycloak.url}/realms/staff")
    page.change("ann", "9")
    page.act_as("page")
    people = {name: browser(site, keycloak) for name in PEOPLE}
    for name, found in people.items():
        assert signed_in(found, name).status_code == 303

    def send(name: str, action: str) -> httpx2.Response:
        form = fields(people[name].get(f"/act/production/{action}").text)
        return people[name].post(f"/act/production/{action}", {**form, "reason": "seen"})

    assert "ann wrote a part of it" in Document(send("ann", "approve").text).text
    assert "(bob via web)" in Document(send("bob", "approve").text).text
    refused = people["mallory"].post("/act/production/approve", {"reason": "seen"})
    assert refused.status_code == 403
    assert "2 of 2 approvals (bob via web, cy via web)" in send("cy", "approve").text
    assert page.reasons == ""
    assert send("bob", "stop").status_code == 200
    assert "stopped by bob via web" in page.reasons
    assert send("bob", "resume").status_code == 200
    assert page.reasons == ""


def test_a_keycloak_that_ended_is_an_error_page(
    site: Site,
) -> None:
    found = browser(site, Keycloak("http://127.0.0.1:1"))
    refused = found.get("/sign-in")
    assert refused.status_code == 502
    assert "sign in at http://127.0.0.1:1/realms/staff" in Document(refused.text).text
