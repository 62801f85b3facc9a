"""Incidents of the forge: which deployment each counts against, and what repaired it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.forge.forge import Issue
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.site.incidents import incidents_of
from promoter.site.metrics import DeliveryMetrics, delivery_metrics
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.site.timeline import Timeline
from promoter.web.snapshot import Snapshot
from tests.command_line import promoter
from tests.site.repository import deployed, site
from tests.site.test_metrics import BEGIN, HOUR, OVERRIDDEN, History, history, hours
from tests.web.document import page

__all__ = ["history", "site"]


def at(hour: float) -> datetime:
    return datetime.fromtimestamp(BEGIN + hour * HOUR, UTC)


def issue(opened: float, closed: float | None = None, *labels: str) -> Issue:
    end = None if closed is None else at(closed)
    return Issue(7, "payments fail", frozenset({"incident", *labels}), at(opened), end, "at/7")


def metrics(history: History, *issues: Issue, since: float | None = None) -> DeliveryMetrics:
    records = Timeline("app", "live", tuple(history.records[::-1]))
    return delivery_metrics(history.git, records, None if since is None else at(since), issues)


@pytest.fixture
def three(history: History) -> tuple[str, str, str]:
    """The records of three deployments, at the hours 0, 10 and 20."""
    first, second, third = (
        history.record(hour, a=f"{hour}_{history.commit(hour - 1, 'feat: x')}")
        for hour in (0, 10, 20)
    )
    return first, second, third


def test_an_incident_counts_against_what_ran_until_it_is_closed(
    history: History, three: tuple[str, str, str]
) -> None:
    found = metrics(history, issue(12, 21))
    assert [(each.failed, each.record, each.incident) for each in found.repairs] == [
        (three[1], three[2], "at/7")
    ]
    assert hours(found.recovery_time) == [9]
    assert found.change_fail_rate.records == (three[1],)
    assert found.rework_rate.records == (three[2],)


def test_one_that_is_closed_without_a_deployment_is_no_rework(
    history: History, three: tuple[str, str, str]
) -> None:
    found = metrics(history, issue(12, 13))
    assert hours(found.recovery_time) == [1]
    assert found.recovery_time.samples[0].record == three[1]
    assert (found.change_fail_rate.records, found.rework_rate.records) == ((three[1],), ())


def test_an_open_one_is_a_failure_that_is_not_over(
    history: History, three: tuple[str, str, str]
) -> None:
    found = metrics(history, issue(12))
    assert (found.change_fail_rate.records, found.recovery_time.n) == ((three[1],), 0)


def test_one_from_before_the_first_deployment_or_the_time_asked_for_does_not_count(
    history: History, three: tuple[str, str, str]
) -> None:
    assert metrics(history, issue(-5, -1)).repairs == ()
    assert metrics(history, issue(12, 13), since=15).repairs == ()


def test_of_an_incident_and_a_sign_in_git_the_time_of_the_incident_counts(
    history: History,
) -> None:
    failed = history.record(0, a=f"1_{history.commit(-1, 'feat: x')}")
    history.record(10, OVERRIDDEN, a=f"2_{history.commit(9, 'feat: y')}")
    found = metrics(history, issue(8, 11))
    assert [each.sign for each in found.repairs] == ["incident", "override"]
    assert hours(found.recovery_time) == [3]
    assert found.change_fail_rate.records == (failed,)
    assert hours(metrics(history, issue(8)).recovery_time) == [10]


def test_an_environment_as_a_label_names_the_only_one_that_it_is_about(site: Site) -> None:
    every, own, other = issue(1), issue(1, None, "production"), issue(1, None, "qa")
    assert incidents_of(site, "production", [every, own, other]) == (every, own)


@pytest.fixture
def failing(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Production was deployed, and an incident is open since then."""
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    site = deployed(site, "production")
    forge = LocalForge(Git(tmp_path / "origin.git"))
    opened = datetime.now(UTC) + timedelta(hours=1)
    forge.open_issue("<b>payments fail</b>", ["incident"], opened)
    monkeypatch.chdir(site.git.dir)
    return site


def test_the_label_is_named_on_the_command_line(failing: Site) -> None:
    done = promoter("metrics", "--incidents", "incident", "--json")
    assert done.code == 0, done.stderr
    (found,) = json.loads(done.stdout)["environments"]
    assert found["change_fail_rate"]["value"] == 1
    (alone,) = json.loads(promoter("metrics", "--json").stdout)["environments"]
    assert alone["change_fail_rate"]["value"] == 0


def test_the_page_says_what_counts_and_why_incidents_are_missing(failing: Site) -> None:
    folder = failing.git.dir
    shown = page(Snapshot.read(folder, incidents="incident"), "metrics.html").text
    assert "Issues with the label incident are incidents as well" in shown
    assert "Change fail rate 100 %" in shown
    failing.git.text("remote", "set-url", "origin", "https://example.invalid/x.git")
    shown = page(Snapshot.read(folder, incidents="incident"), "metrics.html").text
    assert "Left out: the incidents: find the forge of origin" in shown
    assert "Change fail rate 0 %" in shown
