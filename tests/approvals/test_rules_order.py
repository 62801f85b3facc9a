"""Votes on control files count as they were pushed, whatever times they state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from promoter.approvals.control import GitControl
from promoter.approvals.rules_in_force import proposed
from promoter.approvals.statement import Kind, SignedStatement, Statement
from promoter.common.errors import PromoterError
from promoter.git.signing import sign_file
from tests.approvals.people import RULES, Controlled, controlled, site

__all__ = ["controlled", "site"]

HOUR = timedelta(hours=1)


@pytest.fixture
def weaker(controlled: Controlled) -> Controlled:
    """Main has rules that require one approval, and those in force require two."""
    controlled.push("zoe", **{"cepler/app.rules.yml": RULES.replace("count: 2", "count: 1")})
    return controlled


def push_vote(
    found: Controlled, by: str, kind: Kind, shift: timedelta = timedelta(), parent: str = ""
) -> str:
    """Push a vote on the rules of main that is dated ``shift`` from now; return its commit.

    With ``parent`` it is not pushed.
    """
    now = found.site.fetched()
    deployment = now.deployments["app"]
    before, after = GitControl(deployment, now.gates_tip).in_force, proposed(deployment)
    assert before is not None
    found.act_as(by)
    made = Statement(
        kind=kind,
        deployment="app",
        runs=before.digest,
        would=after.digest,
        commit=after.commit,
        rules=before.rules_digest,
        reason="x",
        at=(datetime.now(UTC) + shift).isoformat(),
    )
    content = made.content()
    signed = SignedStatement(made, content, sign_file(now.git, content))
    files = {signed.path: content, f"{signed.path}.sig": signed.signature}
    commit = now.git.commit_files(parent or now.gates_tip, files, "chore: a vote")
    if not parent:
        now.git.push("origin", commit, "refs/heads/cepler-gates", expect=now.gates_tip)
    return commit


def count(found: Controlled, at: datetime | None = None) -> int:
    """Return how many approvals the rules in force require."""
    now = found.site.fetched()
    control = GitControl(now.deployments["app"], now.gates_tip, now=at or datetime.now(UTC))
    rule = control.rules("production").approval
    return rule.count if rule else 0


def test_votes_that_are_dated_back_do_not_precede_a_rejection(weaker: Controlled) -> None:
    push_vote(weaker, "bob", "reject")
    for name in ("ann", "cy"):
        push_vote(weaker, name, "approve", -HOUR)
    assert count(weaker) == 2
    push_vote(weaker, "bob", "approve")
    assert count(weaker) == 1


def test_a_rejection_that_is_dated_back_does_not_undo_what_was_approved(weaker: Controlled) -> None:
    for name in ("ann", "cy"):
        push_vote(weaker, name, "approve")
    push_vote(weaker, "bob", "reject", -HOUR)
    assert count(weaker) == 1


@pytest.mark.parametrize("shift", [HOUR, 100_000 * HOUR])
def test_a_rejection_by_a_fast_clock_rejects_at_once(weaker: Controlled, shift: timedelta) -> None:
    push_vote(weaker, "bob", "reject", shift)
    for name in ("ann", "cy"):
        push_vote(weaker, name, "approve")
    assert count(weaker) == 2


def test_an_approval_that_is_dated_ahead_counts_only_then(weaker: Controlled) -> None:
    """So that nobody waits for a rejection to expire by the time that they state."""
    for name in ("ann", "cy"):
        push_vote(weaker, name, "approve", HOUR)
    assert count(weaker) == 2
    assert count(weaker, datetime.now(UTC) + HOUR) == 1


def test_a_vote_that_is_dated_ahead_does_not_expire_others_later(controlled: Controlled) -> None:
    """By Dee, who may not vote on it, before a quorum approves what holds her back."""
    path = "cepler/app.rules.yml"
    expiring = RULES.replace("true}", "true, expires: 72h}")
    controlled.push("zoe", **{path: expiring})
    for name in ("ann", "cy"):
        push_vote(controlled, name, "approve")
    controlled.push("zoe", **{path: expiring.replace("count: 2", "count: 3")})
    push_vote(controlled, "dee", "approve", 1000 * HOUR)
    for name in ("ann", "bob", "cy"):
        push_vote(controlled, name, "approve")
    assert count(controlled) == 3
    assert count(controlled, datetime.now(UTC) + 1001 * HOUR) == 3


@pytest.mark.parametrize("order", [1, -1])
def test_a_merge_that_leaves_the_order_open_decides_nothing(weaker: Controlled, order: int) -> None:
    start = weaker.site.fetched().gates_tip or ""
    push_vote(weaker, "bob", "reject")
    aside = push_vote(weaker, "ann", "approve", -HOUR, parent=start)
    aside = push_vote(weaker, "cy", "approve", -HOUR, parent=aside)
    now = weaker.site.fetched()
    tree = now.git.text("rev-parse", f"{now.gates_tip}^{{tree}}")
    merge = now.git.commit_tree(tree, [now.gates_tip or "", aside][::order], "Merge\n")
    now.git.push("origin", merge, "refs/heads/cepler-gates", expect=now.gates_tip)
    with pytest.raises(PromoterError, match="which of them was pushed first is unknown"):
        weaker.site.fetched().decide("production")


def test_a_merge_that_leaves_it_clear_changes_nothing(weaker: Controlled) -> None:
    start = weaker.site.fetched().gates_tip or ""
    for name in ("ann", "cy"):
        push_vote(weaker, name, "approve")
    now = weaker.site.fetched()
    aside = now.git.commit_files(start, {"note": b"x"}, "chore: a note")
    tree = now.git.text("rev-parse", f"{now.gates_tip}^{{tree}}")
    merge = now.git.commit_tree(tree, [aside, now.gates_tip or ""], "Merge\n")
    now.git.push("origin", merge, "refs/heads/cepler-gates", expect=now.gates_tip)
    assert count(weaker) == 1
