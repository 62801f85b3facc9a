"""Files on the gates branch that are no statements, or none that anybody signed, stop nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.approvals.control import GitControl
from promoter.approvals.statement import (
    Kind,
    SignedStatement,
    Statement,
    content_digest,
    record_digest,
)
from promoter.common.errors import InvalidFile, UsageError
from promoter.git.signing import sign_file
from promoter.site.site import Site
from tests.approvals.people import RULES, TEAMS, Controlled, controlled, first, signer, site
from tests.approvals.test_attacks import push_gates, would

__all__ = ["controlled", "first", "site"]


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{}", b"null", b"\xff"])
def test_a_vote_of_another_form_stops_nothing(first: Controlled, content: bytes) -> None:
    first.change("zoe", "6")
    for name in ("bob", "cy"):
        first.vote(name)
    files = {"votes/app/production/x.json": content, "votes/app/production/x.json.sig": b"x"}
    push_gates(first, {**files})
    assert first.reasons == ""


@pytest.mark.parametrize("commit", ["0" * 40, "--help", "refs/heads/main", "abc"])
def test_a_vote_that_nobody_signed_on_a_commit_that_is_none_stops_nothing(
    first: Controlled, commit: str
) -> None:
    """By somebody who may push to the gates branch; nothing waits for production then."""
    first.change("zoe", "6")
    now, state = would(first)
    made = Statement(
        kind="approve",
        deployment="app",
        environment="production",
        runs=record_digest(now.deployments["app"].recorded("production")),
        would=content_digest(state),
        commit=commit,
        reason="x",
        at="2999-01-01T00:00:00+00:00",
    )
    content = made.content()
    signed = SignedStatement(made, content, b"none")
    push_gates(first, {signed.path: content, f"{signed.path}.sig": b"none"})
    assert first.reasons.startswith("held back by gate")


@pytest.mark.parametrize("shift", [-timedelta(hours=1), timedelta(minutes=3)])
def test_a_stop_holds_whatever_the_clock_of_its_signer(first: Controlled, shift: timedelta) -> None:
    """Also where it is dated before the resume of an earlier stop."""
    first.change("zoe", "6")
    for name in ("bob", "cy"):
        first.vote(name)
    now = datetime.now(UTC)
    push_order(first, "stop", now - timedelta(minutes=2))
    push_order(first, "resume", now - timedelta(minutes=1))
    assert first.reasons == ""
    push_order(first, "stop", now + shift)
    assert first.reasons.startswith("stopped by bob")


def push_order(found: Controlled, kind: Kind, at: datetime) -> None:
    now = found.site.fetched()
    found.act_as("bob")
    named = {"deployment": "app", "commit": now.tip, "reason": "x"}
    made = Statement(kind=kind, at=at.isoformat(), **named)
    content = made.content()
    signed = SignedStatement(made, content, sign_file(now.git, content))
    push_gates(found, {signed.path: content, f"{signed.path}.sig": signed.signature})


def test_a_vote_that_an_earlier_one_by_a_fast_clock_beats_is_refused(first: Controlled) -> None:
    """It would be pushed, and mean nothing."""
    first.change("zoe", "6")
    first.vote("bob")
    now = first.site.fetched()
    vote = GitControl(now.deployments["app"], now.gates_tip).signed[-1].statement
    ahead = replace(vote, at=(datetime.now(UTC) + timedelta(minutes=3)).isoformat())
    content = ahead.content()
    signed = SignedStatement(ahead, content, sign_file(now.git, content))
    push_gates(first, {signed.path: content, f"{signed.path}.sig": signed.signature})
    tip = first.site.fetched().gates_tip
    with pytest.raises(UsageError, match="bob has a vote that is dated later"):
        first.vote("bob", "reject")
    assert first.site.fetched().gates_tip == tip


def test_a_first_rules_file_that_is_invalid_decides_nothing_until_it_is_corrected(
    site: Site, tmp_path: Path
) -> None:
    people = Controlled(tmp_path, site)
    lines = "".join(signer(tmp_path, name) for name in ("bob", "cy"))
    files = {"cepler/teams.yml": TEAMS, "cepler/allowed_signers": lines}
    people.push("zoe", **files, **{"cepler/app.rules.yml": RULES.replace("risk", "rsik")})
    with pytest.raises(InvalidFile, match="unknown team rsik"):
        site.fetched().decide("production")
    people.push("zoe", **{"cepler/app.rules.yml": RULES})
    now = site.fetched()
    control = GitControl(now.deployments["app"], now.gates_tip)
    assert control.rules("production").approval is not None
