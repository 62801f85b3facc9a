"""A deploy that was begun and is not recorded makes its environment due again."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.cepler.request import ResourceParams, ResourceRequest, ResourceSource, ResourceVersion
from promoter.cepler.resource import check, fetch_into
from promoter.common.errors import NothingNewer, PromoterError
from promoter.common.progress import Silent
from promoter.deploy.deploy import cleared
from promoter.deploy.record import mark_begun, record, remove
from promoter.gate.begun import mark_path
from promoter.gate.decision import DecisionStatus
from promoter.gate.decision import check as cepler_check
from promoter.git import Git
from promoter.lint.rules.records import _record_problem
from promoter.programs.registry import ImageLookup
from promoter.site.evidence import Evidence
from promoter.site.plan import plan_all
from promoter.site.site import Site
from promoter.site.status import statuses
from promoter.trace.environment import trace
from promoter.trace.sources import TraceSources
from tests.site.repository import deployed, pull, push, site

__all__ = ["site"]

MARK = mark_path("app", "qa")
ONE = "56a6051ca2b02b04ef92d5150c9ef600403cb1de"


def start(site: Site) -> Site:
    """Begin a deploy of what is cleared; it ends as if it was killed."""
    site = site.fetched()
    mark_begun(site, "qa", cleared(site, "qa").trigger)
    return site.fetched()


@pytest.fixture
def reverted(site: Site) -> Site:
    """A site whose QA runs "1"; a deploy of "2" was killed, and "2" was reverted."""
    site = deployed(site, "qa")
    for content in (b"2", b"1"):
        pull(site)
        push(site.git, {"shared/a": content})
        site = start(site) if content == b"2" else site.fetched()
    return site


def test_a_revert_after_a_killed_deploy_is_due_until_it_is_recorded(reverted: Site) -> None:
    due = cleared(reverted, "qa")
    assert due.changes == ()
    assert [each.file_hash for each in due.state.files.values()] == [ONE, ONE]
    after = deployed(reverted, "qa")
    assert after.decide("qa").status is DecisionStatus.UP_TO_DATE
    assert after.deployments["app"].states["qa"].version == 2
    with pytest.raises(NothingNewer):
        cleared(after, "qa")
    assert after.git.file(after.tip, MARK), "the record makes the mark obsolete, not its removal"


def test_plan_status_and_trace_name_it(reverted: Site) -> None:
    plan = plan_all(reverted, ["qa"])[0]
    assert plan.status == "due"
    assert "not recorded" in (plan.begun or "")
    assert statuses(reverted, ["app"], None)[0].status == "begun, not recorded"
    sources = TraceSources(ImageLookup(Path("/nowhere/crane")), None, Silent())
    broken = trace(reverted, "qa", sources).broken
    assert any("begun by" in each and "not recorded" in each for each in broken)
    recorded = deployed(reverted, "qa")
    assert plan_all(recorded, ["qa"])[0].begun is None
    assert statuses(recorded, ["app"], None)[0].status == "deployed"
    assert not any("begun by" in each for each in trace(recorded, "qa", sources).broken)


def test_cepler_knows_no_mark_and_the_resource_does(reverted: Site, tmp_path: Path) -> None:
    assert cepler_check(reverted.deployments["app"], "qa") is None
    uri = str(reverted.git.text("remote", "get-url", "origin"))
    source = ResourceSource(uri, "main", "", environment="qa", config="cepler/app.yml")
    (version,) = check(ResourceRequest(source, None, None), tmp_path / "cache", Silent())
    assert version["version"] == "2"
    request = ResourceRequest(source, ResourceVersion(**version), ResourceParams())
    answer = fetch_into(request, tmp_path / "in", Silent())
    assert answer["version"] == version
    assert (tmp_path / "in/shared/a").read_text() == "1"


def test_the_record_of_what_did_not_change_is_no_edit_to_the_lint(reverted: Site) -> None:
    after = deployed(reverted, "qa")
    path = "cepler/.cepler/app/qa.state"
    assert _record_problem(after.git, after.tip, f"{after.tip}^", path) == ""


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version": "x"}', b"\xff"])
def test_a_mark_that_cannot_be_read_makes_it_due(site: Site, content: bytes) -> None:
    site = deployed(site, "qa")
    pull(site)
    push(site.git, {MARK: content})
    assert site.fetched().decide("qa").status is DecisionStatus.DUE


def test_what_is_destroyed_has_no_mark(site: Site) -> None:
    site = deployed(site, "qa")
    pull(site)
    push(site.git, {"shared/a": b"2"})
    site = start(site)
    remove(site, Evidence("app", "qa", "destroy", "destroyed", site.tip))
    assert statuses(site.fetched(), ["app"], None)[0].status == "never deployed"


def test_what_cannot_be_recorded_is_not_applied(site: Site) -> None:
    """A branch with rules rejects a push only when it is made."""
    hook = Path(site.git.text("remote", "get-url", "origin")) / "hooks/update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo protected >&2; exit 1; }\n')
    hook.chmod(0o755)
    with pytest.raises(PromoterError, match="nothing was applied") as refused:
        start(site)
    assert refused.value.next_step.startswith("trigger the job qa of the deployments pipeline")


def test_a_record_from_before_the_marks_is_up_to_date(site: Site) -> None:
    site = deployed(site, "qa")
    assert site.git.file(site.tip, MARK) is None
    assert site.decide("qa").status is DecisionStatus.UP_TO_DATE


def test_another_clone_sees_it(reverted: Site, tmp_path: Path) -> None:
    uri = reverted.git.text("remote", "get-url", "origin")
    Git(tmp_path).text("clone", "-q", uri, "second")
    second = Site.of(tmp_path / "second")
    due = cleared(second, "qa")
    record(second, due, Evidence("app", "qa", "deploy", "deployed", due.trigger))
    assert reverted.fetched().decide("qa").status is DecisionStatus.UP_TO_DATE
