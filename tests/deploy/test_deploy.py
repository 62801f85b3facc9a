"""The decision of a deploy, and the second one if the remote moved before its apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, PlatformError
from promoter.deploy import drift
from promoter.deploy.deploy import _as_now, cleared, failures_recorded, unchanged
from promoter.deploy.record import record
from promoter.gate import origins
from promoter.gate.decision import DecisionStatus
from promoter.site.evidence import Evidence
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.synthesis.stack import Target
from tests.deploy.test_lease import Notes
from tests.site.repository import deployed, push, site

__all__ = ["site"]


@pytest.fixture
def approved(site: Site) -> Site:
    """A site on which production is cleared for what QA runs."""
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    return site.fetched()


def test_a_remote_that_did_not_move_is_accepted(approved: Site) -> None:
    unchanged(approved, cleared(approved, "production"))


def test_an_unrelated_commit_is_accepted(approved: Site) -> None:
    decided = cleared(approved, "production")
    approved.git.text("merge", "-q", "--ff-only", approved.tip)
    push(approved.git, {"docs/page": b"1"})
    unchanged(approved, decided)


def test_the_decision_is_made_again_only_where_the_remote_moved(approved: Site) -> None:
    decided = cleared(approved, "production")
    assert _as_now(approved, decided)[1] is decided
    approved.git.text("merge", "-q", "--ff-only", approved.tip)
    push(approved.git, {"production/c": b"3"})
    moved, again = _as_now(approved, decided)
    assert moved.tip != approved.tip
    assert again is not decided
    assert again.state.files == decided.state.files


def test_an_approval_that_is_revoked_before_the_apply_counts(approved: Site) -> None:
    decided = cleared(approved, "production")
    first = approved.git.text("rev-list", "--max-parents=0", approved.tip)
    approved.approvals.set_gate("app", "production", first, "not yet after all")
    with pytest.raises(NotCleared, match="held back by gate"):
        unchanged(approved, decided)


def test_without_origins_no_history_before_the_trigger_is_read(
    approved: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(origins, "origins")
    found = approved.decide("production", origins=False)
    assert {change.path for change in found.changes} == {"shared/a", "production/c"}
    with pytest.raises(ImportError):
        cleared(approved, "production")


def test_an_environment_is_up_to_date_if_its_cluster_cannot_be_compared(site: Site) -> None:
    due, details = cleared(site, "qa"), {"digests": {"space/app": "0" * 64}}
    record(site, due, Evidence("app", "qa", "deploy", "deployed", due.trigger, details=details))
    notes, looked_for = Notes(), []

    def unreachable(environment: str) -> Target:
        looked_for.append(environment)
        raise PlatformError("find the cluster: it is down")

    found = drift.decide(site.fetched(), "qa", unreachable, notes)
    assert (found.status, looked_for) == (DecisionStatus.UP_TO_DATE, ["qa"])
    assert notes.lines == [
        "qa: its cluster was not compared with its record: find the cluster: it is down"
    ]


def test_a_record_without_digests_is_compared_with_no_cluster(site: Site) -> None:
    found = drift.decide(deployed(site, "qa"), "qa", lambda _: pytest.fail("asked"), Notes())
    assert found.status is DecisionStatus.UP_TO_DATE


def test_a_remote_that_vanished_does_not_replace_what_failed(approved: Site) -> None:
    notes = Notes()
    attempt = Evidence("app", "production", "deploy", "deployed", approved.tip)
    with pytest.raises(NotCleared, match="held back"), failures_recorded(approved, attempt, notes):
        bare = Path(approved.git.text("remote", "get-url", "origin"))
        bare.rename(bare.with_name("gone.git"))
        raise NotCleared("held back")
    (line,) = notes.lines
    assert "the failure is not kept as evidence" in line
