"""Sign-in at a real Keycloak and acting in Chromium: two people approve, an author is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dev.serving import serving
from promoter.common.ports import HOST, choose
from promoter.site.site import Site
from promoter.web.acting import ACTIONS
from promoter.web.settings import CLIENT_SECRET
from tests.approvals.people import Controlled, on_page
from tests.charts.keycloak_server import MISSING, Keycloak, available
from tests.site.repository import site
from tests.web.chromium.chromium import Visitor, chromium, violations, visitor
from tests.web.keycloak import PASSWORD, PEOPLE, SECRET, staff

__all__ = ["chromium", "site"]

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not available(), reason=MISSING),
]


@dataclass(frozen=True)
class Desk:
    """The page of a repository whose production counts what the page signs, and who uses it."""

    browser: Browser
    repository: Controlled
    address: str

    def person(self, name: str) -> Person:
        """Return ``name``, signed in, in a browser of their own."""
        came = visitor(self.browser)
        page = came.visit(f"{self.address}/act/production/approve")
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Username or email").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign In").click()
        page.wait_for_url(f"{self.address}/act/production/approve")
        return Person(came, page, f"{self.address}/act/production")


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, on one tab."""

    visitor: Visitor
    page: Page
    actions: str

    def opens(self, action: str) -> Page:
        """Return the page of ``action``."""
        self.page.goto(f"{self.actions}/{action}")
        return self.page

    def acts(self, action: str) -> str:
        """Do it by the form of its page; return the text of the page that follows."""
        page = self.opens(action)
        page.get_by_label("Reason").fill("seen")
        page.get_by_role("button", name=f"{action.capitalize()} production").click()
        page.wait_for_load_state()
        return page.locator("main").inner_text()


@pytest.fixture(scope="module")
def origin() -> str:
    """The address of the page, which its client at Keycloak has to name before it is served."""
    return f"http://{HOST}:{choose(['page'], {})['page']}"


@pytest.fixture(scope="module")
def keycloak(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[Keycloak]:
    with staff(tmp_path_factory.mktemp("keycloak"), origin) as server:
        yield server


@pytest.fixture
def desk(
    chromium: Browser, keycloak: Keycloak, origin: str, site: Site, tmp_path: Path
) -> Iterator[Desk]:
    issuer = f"{keycloak.url}/realms/staff"
    repository = on_page(site, tmp_path, issuer=issuer)
    repository.change("ann", "9")
    repository.act_as("page")
    roles = {name: [name] for name in ("viewer", "approver", "operator")}
    sign_in = {"issuer": issuer, "client_id": "promoter", "roles": roles}
    settings = tmp_path / "web.yml"
    settings.write_text(json.dumps({"address": origin, "sign_in": sign_in}))
    options = ("--port", origin.rpartition(":")[2], "--settings", str(settings))
    with serving(site.git.dir, {**os.environ, CLIENT_SECRET: SECRET}, options=options):
        yield Desk(chromium, repository, origin)


def test_people_sign_in_approve_are_refused_stop_and_resume(desk: Desk) -> None:
    people = {name: desk.person(name) for name in PEOPLE}
    bob = people["bob"].page
    assert "ann wrote a part of it" in people["ann"].acts("approve")
    assert "1 of 2 approvals (bob via web)" in people["bob"].acts("approve")
    assert "2 of 2 approvals (bob via web, cy via web)" in people["cy"].acts("approve")
    assert desk.repository.reasons == ""
    bob.goto(f"{desk.address}/deployments/app.html")
    expect(bob.get_by_text("production due")).to_be_visible(timeout=60_000)
    assert "stopped production by bob via web" in people["bob"].acts("stop")
    assert "stopped by bob via web" in desk.repository.reasons
    assert "resumed production by bob via web" in people["bob"].acts("resume")
    assert desk.repository.reasons == ""
    mallory = people["mallory"].opens("approve")
    assert mallory.get_by_role("button", name="Approve production").count() == 0
    assert "mallory does not have the role approver" in mallory.locator("main").inner_text()
    bob.goto(f"{desk.address}/account")
    assert "Signed in as bob" in " ".join(bob.locator("main").inner_text().split())
    bob.get_by_role("button", name="Sign out").click()
    assert "You are not signed in." in bob.locator("main").inner_text()
    # The refusal is a page with status 409, which browsers report.
    refused = f"{desk.address}/act/production/approve: 409"
    assert refused in people["ann"].visitor.problems
    assert {each for one in people.values() for each in one.visitor.problems} <= {
        refused,
        "Failed to load resource: the server responded with a status of 409 (Conflict)",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_account_and_actions_have_no_serious_violation(desk: Desk, scheme: str) -> None:
    bob = desk.person("bob")
    bob.page.emulate_media(color_scheme=scheme)
    paths = ("account", "act/production", *(f"act/production/{each}" for each in ACTIONS))
    for path in paths:
        bob.page.goto(f"{desk.address}/{path}")
        assert violations(bob.page) == []
    bob.acts("stop")
    assert violations(bob.page) == []
    bob.page.goto(f"{desk.address}/stops/resume")
    assert "production is stopped by bob" in bob.page.locator("main").inner_text()
    assert violations(bob.page) == []
    assert bob.visitor.problems == []
    stranger = visitor(desk.browser, color_scheme=scheme)
    for path in paths:
        page = stranger.visit(f"{desk.address}/{path}")
        assert violations(page) == []
        page.close()
    assert stranger.problems == []
