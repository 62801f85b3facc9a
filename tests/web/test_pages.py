"""The pages: everything that holds an environment on one of them, and hostile text as text."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError, UsageError
from promoter.deploy.record import mark_drift, note
from promoter.site.evidence import Evidence, now
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.web.pages import difference_path, every_path, record_path
from promoter.web.text import moment
from tests.approvals.people import RULES, Controlled, controlled
from tests.site.repository import deployed, pull, push, site
from tests.web.document import Document, page, snapshot

__all__ = ["controlled", "site"]

PIPELINE = "deployments/app.html"
FREEZE = """\
    windows: {deny: [{from: 2020-01-01T00:00, to: 2099-01-01T00:00, zone: UTC, reason: freeze}]}
"""


@pytest.fixture
def both(site: Site) -> Site:
    """Both environments are deployed, without approval rules."""
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    return deployed(site, "production")


def pipeline(found: Site) -> str:
    found.fetched()
    return page(snapshot(found.git.dir), PIPELINE).text


def test_before_qa_the_page_says_what_each_environment_waits_for(site: Site) -> None:
    shown = pipeline(site)
    assert "qa due" in shown
    assert "Runs nothing yet" in shown
    assert "Next promoter deploy qa" in shown
    assert "Previous environment 'qa' not deployed yet" in shown
    assert "Next promoter deploy qa first" in shown


def test_before_the_votes_one_page_has_version_holds_voters_time_and_command(
    controlled: Controlled,
) -> None:
    for name in ("bob", "cy"):
        controlled.vote(name)
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    controlled.change("zoe", "3")
    controlled.vote("bob")
    shown = pipeline(controlled.site).partition("production blocked")[2]
    assert "Runs version 1, since " in shown
    assert "held back by gate" in shown
    assert "1 of 2 approvals (bob)" in shown
    assert "Who may still vote: ann, cy." in shown
    assert "Once it is approved, from " in shown
    assert "Next promoter approve production --reason '...'" in shown


def test_in_a_freeze_the_page_has_the_time_at_which_it_opens(controlled: Controlled) -> None:
    controlled.push("ann", **{"cepler/app.rules.yml": RULES + FREEZE})
    for name in ("bob", "cy"):
        controlled.vote_on_rules(name)
    for name in ("bob", "cy"):
        controlled.vote(name)
    shown = pipeline(controlled.site).partition("production blocked")[2]
    assert "closed until 2099-01-01T00:00:00+00:00: freeze" in shown
    assert "Opens At 2099-01-01 00:00 UTC, without a further vote." in shown
    freezes = page(snapshot(controlled.site.git.dir), "freezes.html").text
    assert "2020-01-01 00:00 UTC to 2099-01-01 00:00 UTC: freeze" in freezes
    assert "opens at 2099-01-01 00:00 UTC" in freezes


def test_without_rules_the_page_says_who_may_approve(both: Site) -> None:
    pull(both)
    push(both.git, {"production/c": b"2"})
    shown = pipeline(both).partition("production blocked")[2]
    assert "whoever may push to the gates branch may approve" in shown
    assert "Once it is approved, from " in shown


def test_a_stop_names_who_gave_it_and_what_lifts_it(
    controlled: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.command_line import promoter

    controlled.act_as("bob")
    monkeypatch.chdir(controlled.site.git.dir)
    assert promoter("stop", "--environment", "production", "--reason", "ledger is off").code == 0
    found = snapshot(controlled.site.fetched().git.dir)
    for path in (PIPELINE, "freezes.html"):
        shown = page(found, path).text
        assert "stopped by bob" in shown
        assert "ledger is off" in shown
    assert "promoter resume --environment production" in shown


def test_an_environment_has_every_deployment_and_every_failed_attempt(both: Site) -> None:
    failed = Evidence("app", "production", "deploy", "failed", both.tip, now(), "a test", "no pods")
    note(both, failed)
    both.fetched()
    found = snapshot(both.git.dir)
    shown = page(found, "environments/production.html").text
    assert "version 1" in shown
    assert "deploy failed a test no pods" in shown
    (record,) = found.timeline("production").records
    detail = page(found, record_path(record)).text
    assert "approve by nobody who is listed" in detail
    assert ": fine" in detail
    assert "production/c added" in detail


def test_the_history_has_who_approved_each_deployment(controlled: Controlled) -> None:
    for content, voters in (("3", ("bob", "cy")), ("4", ("cy", "ann"))):
        controlled.change("zoe", content)
        for name in voters:
            controlled.vote(name)
        controlled.act_as("bot")
        deployed(controlled.site, "production")
    found = snapshot(controlled.site.fetched().git.dir)
    shown = page(found, "environments/production.html").text.partition("Every record")[2]
    assert "By Approved by Plan" in shown
    rows = re.findall(r"version (\d) \S+ \S+ UTC .*? a test (\w+, \w+)", shown)
    assert rows == [("2", "cy, ann"), ("1", "bob, cy")]
    for record, people in zip(found.timeline("production").records, rows, strict=True):
        detail = page(found, record_path(record)).text
        for name in people[1].split(", "):
            assert f"approve by {name} at" in detail
    assert "did not count" not in shown
    qa = page(found, "environments/qa.html").text.partition("Every record")[2]
    assert "nobody" in qa


def test_the_history_has_the_results_of_smoketests(site: Site) -> None:
    report = {"summary": "5 endpoints passed, 0 failed", "results": []}
    site = deployed(site, "qa", smoketests=[report, report])
    shown = page(snapshot(site.git.dir), "environments/qa.html").text
    assert "5 endpoints passed, 0 failed; 5 endpoints passed, 0 failed" in shown


def test_an_environment_has_a_place_for_rollback_and_for_drift(both: Site) -> None:
    pull(both)
    push(both.git, {"qa/b": b"2"})
    deployed(both, "qa")
    mark_drift(both.fetched(), "qa", both.tip)
    both.fetched()
    found = snapshot(both.git.dir)
    qa, production = (page(found, f"environments/{each}.html") for each in ("qa", "production"))
    for each in (qa, production):
        assert {"#rollback", "#drift"} <= set(each.links)
        assert {("id", "rollback"), ("id", "drift")} <= set(each.attributes)
        assert "There is no command for it yet." in each.text
    new, old = found.timeline("qa").records
    assert f"../{difference_path(old, new)}" in qa.links
    assert "Everything between version 1 and what runs" in qa.text
    assert "A change is not recorded: begun by somebody (found by" in qa.text
    assert "There is no earlier version to return to." in production.text
    assert "No deploy has found anything else than version 1 there." in production.text


def test_a_record_is_compared_with_the_one_before_and_with_another_environment(both: Site) -> None:
    pull(both)
    push(both.git, {"qa/b": b"2", "shared/a": None, "shared/new": b"1"})
    deployed(both, "qa")
    found = snapshot(both.git.dir)
    new, old = found.timeline("qa").records
    for path in (record_path(new), difference_path(old, new)):
        shown = page(found, path).text
        assert "qa/b changed" in shown
        assert "shared/a removed" in shown
        assert "shared/new added" in shown
    (production,) = found.timeline("production").records
    shown = page(found, difference_path(production, new)).text
    assert "From production version 1 to qa version 2" in shown
    assert "production/c removed" in shown


HOSTILE = "<script>alert(1)</script>\x1b[2J\u202e\"'><img src=x onerror=alert(1)> {{ 7*7 }}"


def test_hostile_text_is_shown_as_text_and_cut(both: Site) -> None:
    pull(both)
    made = both.git.commit_files(both.tip, {"qa/b": b"3"}, f"feat: {HOSTILE}")
    both.git.push("origin", made, "refs/heads/main", expect=both.tip)
    summary = f"{HOSTILE}\npassword: hunter2hunter2\n{'x' * 1_000_000}"
    attempt = Evidence("app", "qa", "deploy", "failed", made, now(), HOSTILE, summary)
    note(both.fetched(), attempt)
    both.fetched()
    shown = page(snapshot(both.git.dir), "environments/qa.html")
    assert not {"script", "img"} & set(shown.tags)
    assert not [name for name, _ in shown.attributes if name.startswith("on") or name == "style"]
    assert "\x1b" not in shown.html
    assert "\u202e" not in shown.html
    assert "feat: <script>alert(1)</script>?[2J?" in shown.text
    assert "{{ 7*7 }}" in shown.text
    assert "hunter2" not in shown.html
    assert len(shown.html) < 50_000
    assert "more characters" in shown.text


def test_evidence_that_is_no_evidence_is_a_row(both: Site) -> None:
    folder = "cepler/evidence/app/qa"
    pull(both)
    push(both.git, {f"{folder}/1.json": b"[1]", f"{folder}/2.json": b"{", f"{folder}/3.json": b""})
    both.fetched()
    shown = page(snapshot(both.git.dir), "environments/qa.html").text
    assert shown.count("evidence unreadable") == 3
    assert f"{folder}/1.json" in shown


def test_what_cannot_be_read_is_a_row_and_hides_nothing(both: Site) -> None:
    pull(both)
    push(
        both.git,
        {"cepler/.cepler/app/production.state": b"current: [", "cepler/broken.yml": b"a: ["},
    )
    both.fetched()
    found = snapshot(both.git.dir)
    shown = page(found, "index.html").text
    assert "qa up to date" in shown
    assert "production unreadable unknown" in shown
    assert "broken unreadable" in shown
    assert "unreadable" in page(found, "environments/production.html").text
    audit = "environments/production/audit.html"
    with pytest.raises(PromoterError, match="not YAML"):
        page(found, audit)
    for path in every_path(found):
        if path != audit:
            assert page(found, path).problems == []


def test_without_a_gates_branch_the_page_says_so(site: Site) -> None:
    site.git.text("push", "-q", "origin", ":refs/heads/cepler-gates")
    site.git.text("update-ref", "-d", "refs/remotes/origin/cepler-gates")
    found = snapshot(site.git.dir)
    shown = page(found, "index.html").text
    assert "which has no gates branch" in shown
    assert "read app.yml on branch cepler-gates of origin: no such file" in shown
    assert "no such file" in page(found, "freezes.html").text


def test_an_unknown_page_is_an_error(both: Site) -> None:
    found = snapshot(both.git.dir)
    absent = ("nothing.html", "environments/none.html", f"commits/{'0' * 40}.html", "../index.html")
    for path in (*absent, f"environments/qa/{'0' * 40}.html"):
        with pytest.raises(UsageError):
            page(found, path)


def test_the_audit_is_a_page(controlled: Controlled) -> None:
    for name in ("bob", "cy"):
        controlled.vote(name)
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    shown = page(snapshot(controlled.site.git.dir), "environments/production/audit.html").text
    assert "0 of 1 deployments should not have passed." in shown


def test_every_page_is_sound(both: Site, tmp_path: Path) -> None:
    found = snapshot(both.git.dir)
    paths = list(every_path(found))
    assert len(paths) == len(set(paths))
    for path in paths:
        shown = page(found, path)
        assert shown.problems == [], path
        assert shown.tags.count("h1") == shown.tags.count("main") == 1, path
        assert "script" not in shown.tags
        assert shown.internal(path) <= {*paths, "style.css", "icon.svg"}, path
        ids = [value for name, value in shown.attributes if name == "id"]
        assert len(ids) == len(set(ids)), path
        assert {link[1:] for link in shown.links if link.startswith("#")} <= set(ids), path
        assert shown.tags.count("table") == shown.tags.count("caption"), path


def test_names_of_any_form_have_addresses_of_their_own() -> None:
    from promoter.web.text import slug

    names = ["a", "a b", "a.b", "..", ".", "", "a/b", "a~2e~b", "\u202e", "<b>"]
    assert len({slug(name) for name in names}) == len(names)
    assert not any(set(slug(name)) & set("./ <>") for name in names)


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("2026-11-26T12:00+01:00", "2026-11-26 11:00 UTC"),
        (datetime(2026, 11, 26, 12, tzinfo=UTC), "2026-11-26 12:00 UTC"),
        ("0999-01-02T00:00Z", "0999-01-02 00:00 UTC"),
        ("0001-01-01T00:00+14:00", "0001-01-01T00:00+14:00"),
        ("9999-12-31T23:00-12:00", "9999-12-31T23:00-12:00"),
        ("2026-11-26T12:00", "2026-11-26T12:00"),
        ("noon", "noon"),
        (None, ""),
    ],
)
def test_a_time_is_shown_in_utc_or_as_it_is(time: str | datetime | None, shown: str) -> None:
    assert Document(str(moment(time))).text == shown


def test_the_snapshot_is_not_changed_by_what_is_pushed_later(both: Site) -> None:
    before = snapshot(both.git.dir)
    first = page(before, "index.html").text
    pull(both)
    push(both.git, {"qa/b": b"9"})
    both.fetched()
    assert page(before, "index.html").text == first
    assert dataclasses.replace(before) != snapshot(both.git.dir)
