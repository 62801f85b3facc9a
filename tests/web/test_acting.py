"""Actions on the page: their effect, the people who may, refusals, and the remote after them."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from promoter.site.freezes import freezes
from promoter.site.site import Site
from promoter.web.reader import Reader
from promoter.web.snapshot import Snapshot
from tests.approvals.people import PAGE_RULES, RULES, Controlled, on_page, page, site
from tests.web.browser import ADDRESS, Browser, fields, served
from tests.web.document import Document
from tests.web.provider import Provider

__all__ = ["page", "site"]

APPROVE = "/act/production/approve"


class Person(Browser):
    """The browser of somebody; ``name`` signs in with it."""

    def __init__(self, page: Controlled) -> None:
        reader = Reader(lambda: Snapshot.read(page.site.git.dir))
        provider = Provider(f"{ADDRESS}/sign-in/callback")
        super().__init__(served(reader, provider, page.site), provider)

    def become(self, name: str, *roles: str) -> Person:
        self.provider.subject, self.provider.roles = f"0198-{name}", list(roles)
        self.provider.claims = {"preferred_username": name}
        assert self.sign_in().status_code == 303
        return self

    def send(self, path: str, reason: str = "seen", **changes: str) -> httpx2.Response:
        """Open the form at ``path`` and send it."""
        shown = self.get(path)
        assert shown.status_code == 200, shown.text
        return self.post(path, {**fields(shown.text), "reason": reason, **changes})


def text(response: httpx2.Response, status: int = 200) -> str:
    assert response.status_code == status, response.text
    document = Document(response.text)
    assert not document.problems
    assert "Traceback" not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    return document.text


def gates(page: Controlled) -> str | None:
    return page.site.fetched().gates_tip


def test_two_people_approve_without_a_script(page: Controlled) -> None:
    person = Person(page)
    assert "act/production" in person.get("/environments/production.html").text
    assert "Approve production" in text(person.get("/act/production"))
    shown = text(person.become("bob", "approver").get(APPROVE))
    assert "production/c" in shown
    assert "shared/a" in shown
    assert "0 of 2 approvals" in shown
    assert f"promoter approve production --commit {page.site.fetched().tip}" in shown
    first = text(person.send(APPROVE))
    assert "approved production by bob via web: 1 of 2 approvals (bob via web)" in first
    second = text(person.become("cy", "approver").send(APPROVE))
    assert "2 of 2 approvals (bob via web, cy via web)" in second
    assert page.reasons == ""


def test_a_rejection_a_stop_and_its_lift(page: Controlled) -> None:
    person = Person(page).become("bob", "approver", "operator")
    assert "rejected production by bob via web" in text(person.send("/act/production/reject"))
    assert "stopped production by bob via web" in text(person.send("/act/production/stop"))
    shown = text(person.get("/act/production/resume"))
    assert "It is stopped by bob via web since" in shown
    assert "resumed production by bob via web" in text(person.send("/act/production/resume"))
    assert "It is not stopped." in text(person.get("/act/production/resume"))
    before = gates(page)
    assert "nothing of it is stopped" in text(person.send("/act/production/resume"), 409)
    assert gates(page) == before


@pytest.fixture
def wide(site: Site, tmp_path: Path) -> Controlled:
    """Every environment counts what the page signs."""
    return on_page(site, tmp_path, f"{PAGE_RULES}  qa: {{via: [web]}}\n")


@pytest.mark.parametrize(
    ("path", "name", "option"),
    [("/stops/app", "app", "--deployment app"), ("/stops", "every environment", "--all")],
)
def test_a_deployment_and_everything_are_stopped_and_resumed(
    wide: Controlled, path: str, name: str, option: str
) -> None:
    person = Person(wide)
    shown = text(person.get(f"{path}/stop"))
    assert f"promoter stop {option} --reason '...'" in shown
    assert "None is stopped." in shown
    person.become("bob", "operator")
    assert f"stopped {name} by bob via web" in text(person.send(f"{path}/stop"))
    stopped = freezes(wide.site.fetched(), "app").environments
    assert [each.stop.person for each in stopped if each.stop] == ["bob via web"] * 2
    shown = text(person.get(f"{path}/resume"))
    assert "qa is stopped by bob via web since" in shown
    assert "production is stopped by bob via web since" in shown
    assert f"resumed {name} by bob via web" in text(person.send(f"{path}/resume"))
    assert "None is stopped." in text(person.get(f"{path}/stop"))


def test_more_than_one_is_stopped_only_where_the_rules_of_each_allow_it(page: Controlled) -> None:
    person = Person(page).become("bob", "operator")
    for path in ("/stops/app/stop", "/stops/stop"):
        shown = person.get(path)
        assert "do not count what the page signs: use the command." in text(shown)
        assert "<form" not in shown.text


def test_of_more_than_one_nothing_is_approved(wide: Controlled) -> None:
    person = Person(wide).become("bob", "approver", "operator")
    for path in ("/stops/app/approve", "/stops/approve", "/stops/none/stop", "/stops/qa/stop"):
        text(person.get(path), 404)


def test_a_stop_that_was_given_meanwhile_is_shown_before_another_one(wide: Controlled) -> None:
    person = Person(wide).become("bob", "operator")
    form = fields(person.get("/stops/resume").text)
    text(person.send("/act/qa/stop"))
    refused = person.post("/stops/resume", {**form, "reason": "seen"})
    assert "resume every environment: it is not what was shown any more" in text(refused, 409)
    elsewhere = {**fields(person.get("/stops/resume").text), "reason": "seen"}
    assert person.post("/stops/app/resume", elsewhere).status_code == 409


def test_a_deployment_that_cannot_be_read_is_an_error_page(wide: Controlled) -> None:
    wide.push("ann", **{"cepler/broken.yml": "a: ["})
    wide.act_as("page")
    person = Person(wide).become("bob", "operator")
    wide.site.fetched()
    assert "broken.yml" in text(person.get("/stops/broken/stop"), 503)


def test_the_page_of_freezes_leads_to_the_stops(wide: Controlled) -> None:
    person = Person(wide)
    shown = Document(person.get("/freezes.html").text)
    assert {"stops/stop", "stops/resume", "stops/app/stop"} <= set(shown.links)
    for link in (each for each in shown.links if each.startswith("stops/")):
        assert person.get(f"/{link}").status_code == 200


def test_an_author_is_refused(page: Controlled) -> None:
    page.change("bob", "9")
    page.act_as("page")
    before = gates(page)
    person = Person(page).become("bob", "approver")
    assert "bob wrote a part of it" in text(person.send(APPROVE), 409)
    assert gates(page) == before


def test_whoever_is_in_no_team_is_refused(page: Controlled) -> None:
    before = gates(page)
    mallory = Person(page).become("mallory", "approver")
    assert "is the subject of nobody in cepler/teams.yml" in text(mallory.send(APPROVE), 409)
    assert gates(page) == before


def test_without_sign_in_or_role_there_is_the_command(page: Controlled) -> None:
    person = Person(page)
    shown = person.get(APPROVE)
    assert "<form" not in shown.text
    assert "sign-in?next=/act/production/approve" in shown.text
    assert "promoter approve production --commit" in text(shown)
    assert person.post(APPROVE, {"reason": "x"}).status_code == 401
    person.become("bob", "viewer", "operator")
    assert "bob does not have the role approver: use the command." in text(person.get(APPROVE))
    refused = person.post(APPROVE, {"reason": "x"})
    assert "bob has none of the roles approver" in text(refused, 403)


def test_where_the_rules_do_not_allow_it_there_is_the_command(site: Site, tmp_path: Path) -> None:
    page = on_page(site, tmp_path, RULES)
    person = Person(page).become("bob", "approver", "operator")
    for action in ("approve", "reject", "stop"):
        shown = person.get(f"/act/production/{action}")
        assert "do not count what the page signs: use the command." in text(shown)
        assert "<form" not in shown.text
    stop = "promoter stop --environment production --reason '...'"
    assert stop in text(person.get("/act/production/stop"))


def test_what_moved_meanwhile_is_not_approved(page: Controlled) -> None:
    person = Person(page).become("bob", "approver")
    form = fields(person.get(APPROVE).text)
    page.change("zoe", "7")
    page.act_as("page")
    before = gates(page)
    refused = person.post(APPROVE, {**form, "reason": "seen"})
    assert "it is not what was shown any more" in text(refused, 409)
    assert gates(page) == before
    assert "1 of 2 approvals (bob via web)" in text(person.send(APPROVE))


def test_a_form_that_is_sent_twice_counts_once(page: Controlled) -> None:
    person = Person(page).become("bob", "approver")
    form = {**fields(person.get(APPROVE).text), "reason": "seen"}
    first = text(person.post(APPROVE, form))
    before = gates(page)
    assert text(person.post(APPROVE, form)) == first
    assert gates(page) == before


def test_a_form_is_for_one_action_of_one_environment_in_one_session(page: Controlled) -> None:
    person = Person(page).become("bob", "approver", "operator")
    form = {**fields(person.get("/act/production/reject").text), "reason": "x"}
    before = gates(page)
    assert "the form has expired" in text(person.post(APPROVE, form), 409)
    assert person.post("/act/qa/reject", form).status_code == 409
    other = Browser(person.app, person.provider)
    other.sign_in()
    own = fields(other.get("/account").text)
    stolen = {**form, "token": own["token"]}
    assert "the form has expired" in text(other.post("/act/production/reject", stolen), 409)
    assert gates(page) == before


@pytest.mark.parametrize(
    ("headers", "changes", "status"),
    [
        ({"Origin": "https://evil.example"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, {}, 403),
        ({"Content-Type": "text/plain"}, {}, 415),
        ({}, {"token": "0" * 64}, 403),
        ({}, {"form": "0" * 32}, 409),
        ({}, {"reason": "  \n "}, 400),
        ({}, {"reason": "a" * 501}, 400),
        ({}, {"reason": "a" * 40_000}, 413),
    ],
)
def test_nothing_is_written_for_a_wrong_form(
    page: Controlled, headers: dict[str, str], changes: dict[str, str], status: int
) -> None:
    person = Person(page).become("bob", "approver")
    form = {**fields(person.get(APPROVE).text), "reason": "seen", **changes}
    before = gates(page)
    text(person.post(APPROVE, form, **headers), status)
    assert gates(page) == before


def test_a_get_writes_nothing(page: Controlled) -> None:
    person = Person(page).become("bob", "approver")
    form = fields(person.get(APPROVE).text)
    before = gates(page)
    query = "&".join(f"{name}={value}" for name, value in form.items())
    assert person.get(f"{APPROVE}?{query}&reason=x").status_code == 200
    assert gates(page) == before


def test_a_reason_with_markup_is_text(page: Controlled) -> None:
    person = Person(page).become("bob", "operator")
    hostile = "<script>alert(1)</script>\nApproved-by: cy \x1b[31m"
    text(person.send("/act/production/stop", hostile))
    shown = person.get("/act/production/resume")
    assert "<script>alert(1)" not in shown.text
    assert "\x1b" not in shown.text
    now = page.site.fetched()
    message = now.git.text("log", "-1", "--format=%B", now.gates_tip)
    assert "\nApproved-by" not in message


def test_unknown_pages_and_too_many_forms(page: Controlled) -> None:
    person = Person(page).become("bob", "approver")
    assert "No such page" in text(person.get("/act/none"), 404)
    assert "No such page" in text(person.get("/act/none/approve"), 404)
    assert "No such page" in text(person.get("/act/production/destroy"), 404)
    codes = [person.post(APPROVE, {"reason": "x"}).status_code for _ in range(11)]
    assert codes == [403] * 10 + [429]


def test_a_remote_that_is_away_is_an_error_page(page: Controlled) -> None:
    person = Person(page).become("bob", "approver")
    form = {**fields(person.get(APPROVE).text), "reason": "seen"}
    page.site.git.text("remote", "set-url", "origin", str(page.folder / "none.git"))
    assert "The repository cannot be reached" in text(person.get(APPROVE), 503)
    assert "The repository cannot be reached" in text(person.post(APPROVE, form), 503)
