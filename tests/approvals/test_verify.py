"""``promoter verify approval`` applies the rules: authors, expiry, newest votes, rejections."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from promoter.approvals.control import GitControl
from promoter.approvals.statement import SignedStatement
from promoter.gate.state_file import read_state
from promoter.git.signing import sign_file
from promoter.site.approved import GateApprovals, approval_in_words, approvers, gate_approvals
from promoter.site.past_approvals import past_approvals
from promoter.site.timeline import timeline
from tests.approvals.people import RULES, Controlled, approved, controlled, site
from tests.site.repository import deployed

__all__ = ["approved", "controlled", "site"]


def verify(found: Controlled, at: datetime | None = None) -> GateApprovals:
    return gate_approvals(replace(found.site.fetched(), now=at), "production")


def test_it_is_verified_while_it_waits_and_once_it_runs(approved: Controlled) -> None:
    waiting = verify(approved)
    assert waiting.verified
    assert waiting.people == {"bob", "cy"}
    approved.act_as("bot")
    deployed(approved.site, "production")
    running = verify(approved)
    assert running.verified
    assert running.votes == waiting.votes
    assert approvers(approved.site.fetched(), "production") == "bob, cy"


def test_what_runs_keeps_its_approvals_while_the_next_change_waits(approved: Controlled) -> None:
    approved.act_as("bot")
    deployed(approved.site, "production")
    approved.change("zoe", "4")
    for name in ("ann", "cy"):
        approved.vote(name)
    now = approved.site.fetched()
    assert gate_approvals(now, "production").people == {"ann", "cy"}
    assert approvers(now, "production") == "bob, cy"
    assert (approval_in_words(now, "production") or "").startswith("bob, cy in ")


def test_a_rejection_is_named_and_a_later_one_of_an_approver_replaces_the_approval(
    approved: Controlled,
) -> None:
    approved.act_as("bot")
    deployed(approved.site, "production")
    approved.change("zoe", "4")
    for name in ("bob", "cy"):
        approved.vote(name)
    approved.vote("ann", "reject")
    assert not verify(approved).verified
    assert "rejected by ann" in verify(approved).status
    approved.vote("bob", "reject")
    found = verify(approved)
    assert found.people == {"cy"}
    assert [each.counts for each in found.votes if each.person == "bob"] == [False, True]


def test_what_expired_before_the_deploy_counts_no_longer_and_afterwards_as_it_did(
    controlled: Controlled,
) -> None:
    expiring = RULES.replace("true}", "true, expires: 72h}")
    controlled.push("zoe", **{"cepler/app.rules.yml": expiring})
    for name in ("bob", "cy"):
        controlled.vote_on_rules(name)
    for name in ("bob", "cy"):
        controlled.vote(name)
    later = datetime.now(UTC) + timedelta(hours=73)
    assert verify(controlled).verified
    assert not verify(controlled, later).verified
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    assert verify(controlled, later).verified


def test_an_author_does_not_count_though_the_vote_is_signed(approved: Controlled) -> None:
    """By a vote that was pushed by other means than the command, which refuses it."""
    approved.act_as("bot")
    deployed(approved.site, "production")
    approved.change("ann", "4")
    approved.vote("cy")
    now = approved.site.fetched()
    control = GitControl(now.deployments["app"], now.gates_tip)
    approved.act_as("ann")
    words = replace(control.signed[-1].statement, reason="my own")
    content = words.content()
    signed = SignedStatement(words, content, sign_file(now.git, content))
    gates = f"qa: HEAD\nproduction: {words.commit}\n".encode()
    files = {signed.path: content, f"{signed.path}.sig": signed.signature, "app.yml": gates}
    made = now.git.commit_files(now.gates_tip, files, "chore: mine")
    now.git.push("origin", made, "refs/heads/cepler-gates", expect=now.gates_tip)
    found = verify(approved)
    assert not found.verified
    assert found.people == {"cy"}
    assert "not counted as authors: ann" in found.status


def test_a_leaver_s_past_approval_is_shown_as_it_counted(approved: Controlled) -> None:
    approved.act_as("bot")
    recorded = deployed(approved.site, "production")
    lines = (recorded.git.file(recorded.tip, "cepler/allowed_signers") or b"").decode()
    approved.push(
        "zoe",
        cepler__allowed_signers=lines.replace(
            'bob@bank.example namespaces="git,promoter"',
            'bob@bank.example namespaces="git,promoter",valid-before="20200101Z"',
        ),
    )
    approved.vote_on_rules("cy")
    approved.vote_on_rules("ann")
    now = approved.site.fetched()
    assert verify(approved).people == {"bob", "cy"}
    (record,) = (each for each in timeline(now, "production").records if each.state)
    votes = past_approvals(now, timeline(now, "production"))[record.commit].votes
    assert {each.person for each in votes if each.counts} == {"bob", "cy"}
    assert record.state == read_state(
        now.git.file(now.tip, "cepler/.cepler/app/production.state") or b"", "state"
    )
