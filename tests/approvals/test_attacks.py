"""Attacks on the rules by people who may push, and sometimes vote, on real git."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from promoter.approvals.authors import authors
from promoter.approvals.control import GitControl
from promoter.approvals.soak import soaks
from promoter.approvals.statement import SignedStatement, Statement, content_digest, record_digest
from promoter.approvals.stops import Order, give
from promoter.common.errors import PromoterError, UsageError
from promoter.gate.decision import decide
from promoter.gate.records import record
from promoter.gate.state import DeployState
from promoter.git import Identity
from promoter.git.people import NO_ADDRESS
from promoter.git.signing import sign_file
from promoter.site.evidence import folder
from promoter.site.freezes import freezes
from promoter.site.site import Site
from promoter.site.special import special_problem
from tests.approvals.people import (
    RULES,
    Controlled,
    controlled,
    deploy_production,
    first,
    site,
)
from tests.site.repository import CONFIG, deployed

__all__ = ["controlled", "first", "site"]

CHAIN = CONFIG.replace(
    "environments:\n", "environments:\n  staging:\n    latest: [shared/*, staging/*]\n"
).replace(
    "    latest: [shared/*, qa/*]\n",
    "    passed: staging\n    propagated: [shared/*]\n    latest: [qa/*]\n",
)


def commit_by(found: Controlled, author: Identity, message: str, content: str) -> str:
    """Push a change of the shared files, and let QA run it; return the commit."""
    git, tip = found.site.git, found.site.fetched().tip
    made = git.commit_files(tip, {"shared/a": content.encode()}, message, author=author)
    git.push("origin", made, "refs/heads/main", expect=tip)
    found.act_as("bot")
    deployed(found.site, "qa")
    return made


def push_gates(found: Controlled, files: dict[str, bytes | None]) -> None:
    now = found.site.fetched()
    made = now.git.commit_files(now.gates_tip, files, "chore: mine")
    now.git.push("origin", made, "refs/heads/cepler-gates", expect=now.gates_tip)


def would(found: Controlled) -> tuple[Site, DeployState]:
    """Return what production would run if its gate were at the tip."""
    now = found.site.fetched()
    state = GitControl(now.deployments["app"], now.gates_tip).would("production", now.tip)
    assert state is not None
    return now, state


@pytest.mark.slow
def test_an_author_is_one_however_long_an_environment_before_waited(first: Controlled) -> None:
    """Ann's change is older than what QA was triggered by when production took it last."""
    first.push("zoe", **{"cepler/app.yml": CHAIN})
    gate = first.gate
    push_gates(first, {"app.yml": f"staging: HEAD\nqa: HEAD\nproduction: {gate}\n".encode()})
    first.act_as("bot")
    deployed(first.site, "staging")
    first.push("ann", shared__a="by Ann")
    first.push("zoe", qa__b="by Zoe", production__c="by Zoe")
    first.act_as("bot")
    deployed(first.site, "qa")
    deploy_production(first)
    first.act_as("bot")
    for name in ("staging", "qa"):
        deployed(first.site, name)
    with pytest.raises(UsageError, match="ann wrote a part of it"):
        first.vote("ann")


@pytest.mark.parametrize("mail", ["ann bank.example", ""])
def test_an_author_without_a_usable_address_blocks(first: Controlled, mail: str) -> None:
    commit_by(first, Identity("Ann", mail), "feat: mine\n", "4")
    now, state = would(first)
    recorded = now.deployments["app"].recorded("production")
    assert (mail or NO_ADDRESS) in authors(now.git, recorded, state)
    for name in ("bob", "cy"):
        first.vote(name)
    assert "is in no entry of cepler/teams.yml" in first.reasons


@pytest.mark.parametrize(
    "message",
    [
        "feat: x\n\nco-authored-by: Bob <BOB@bank.example>\n\nNot the last paragraph.\n",
        "feat: x\n\nMany\nlines\nof\ntext\nCo-authored-by: Bob <bob@bank.example>\nand more\n",
        "feat: x\n\n  Co-Authored-By :  <bob@bank.example>\n",
    ],
)
def test_a_co_author_counts_wherever_the_message_names_one(first: Controlled, message: str) -> None:
    commit_by(first, Identity("Zoe", "zoe@bank.example"), message, "4")
    with pytest.raises(UsageError, match="bob wrote a part of it"):
        first.vote("bob")


def test_a_record_that_names_a_commit_with_other_content_is_not_deployed(
    first: Controlled,
) -> None:
    """People see and approve the hash, and the content of the commit would be written."""
    first.push("zoe", shared__a="evil")
    evil = first.site.fetched().tip
    first.push("zoe", shared__a="good")
    now = first.site.fetched()
    honest = record(now.deployments["app"], decide(now.deployments["app"], "qa"))
    text = honest.content.decode().replace(f"from_commit: {now.tip}", f"from_commit: {evil}")
    assert evil in text
    first.push("zoe", **{honest.path: text})
    now, state = would(first)
    recorded = now.deployments["app"].recorded("production")
    assert "unrecorded-origin-of-shared/a" in authors(now.git, recorded, state)
    for name in ("bob", "cy"):
        first.vote(name)
    assert "author unrecorded-origin-of-shared/a is in no entry" in first.reasons
    with (
        now.git.worktree(first.folder / "tree", now.tip, empty=True) as tree,
        pytest.raises(PromoterError, match=f"prepare shared/a: commit {evil[:12]} has another"),
    ):
        now.prepare(tree, "production", state, now.tip)


@pytest.mark.slow
def test_the_same_rules_pushed_again_need_votes_of_their_own(first: Controlled) -> None:
    path, weaker = "cepler/app.rules.yml", RULES.replace("count: 2", "count: 1")

    def approved(text: str) -> None:
        first.push("zoe", **{path: text})
        for name in ("bob", "cy"):
            first.vote_on_rules(name)

    def count() -> int:
        now = first.site.fetched()
        rule = GitControl(now.deployments["app"], now.gates_tip).rules("production").approval
        return rule.count if rule else 0

    approved(weaker)
    assert count() == 1
    first.push("zoe", **{path: RULES})
    first.vote_on_rules("cy")
    assert count() == 2
    first.push("zoe", **{path: weaker})
    assert count() == 2
    approved(weaker + "# again\n")
    assert count() == 1


def test_a_vote_in_another_repository_does_not_count_here(first: Controlled) -> None:
    """A rehearsal with the same files, people and rules; its commits are not on this main."""
    first.change("zoe", "5")
    now, state = would(first)
    runs = record_digest(now.deployments["app"].recorded("production"))
    for name in ("bob", "cy"):
        push_rehearsed(first, name, runs=runs, would=content_digest(state))
    tip = first.site.fetched().tip
    push_gates(first, {"app.yml": f"qa: HEAD\nproduction: {tip}\n".encode()})
    assert "0 of 2 approvals" in first.reasons


def test_a_vote_on_a_plan_of_another_repository_does_not_count_here(first: Controlled) -> None:
    """The same plan of an environment of the same name, with the same people and rules."""
    plan = "a" * 64
    for name in ("bob", "cy"):
        push_rehearsed(first, name, would=f"plan-{plan}")
    problem = special_problem(first.site.fetched(), "production", "plan", plan)
    assert problem.startswith("0 of 2 approvals")
    for name in ("bob", "cy"):
        first.vote(name, plan=plan)
    now = first.site.fetched()
    assert special_problem(now, "production", "plan", plan) == ""
    assert now.git.text("log", "-1", "--format=%s", str(now.gates_tip)) == (
        f"approve(production): plan {plan}"
    )


def test_a_resume_in_another_repository_lifts_no_stop_here(first: Controlled) -> None:
    first.change("zoe", "5")
    for name in ("bob", "cy"):
        first.vote(name)
    first.act_as("ann")
    now = first.site.fetched()
    give(now.approvals, now.deployments, Order("stop", "the ledger is off", "app", "production"))
    push_rehearsed(first, "bob", kind="resume")
    assert first.reasons.startswith("stopped by ann")
    shown = freezes(first.site.fetched(), "app")
    assert [each.kind for each in shown.orders] == ["stop"]
    assert [each.environment for each in shown.environments if each.stop] == ["production"]


def push_rehearsed(found: Controlled, name: str, **named: str) -> None:
    """Push what ``name`` signed in a rehearsal whose commits are not on this main."""
    now = found.site.fetched()
    control = GitControl(now.deployments["app"], now.gates_tip)
    elsewhere = now.git.commit_files(None, {"x": b"y"}, "feat: a rehearsal")
    found.act_as(name)
    facts = {"kind": "approve", "runs": "", "would": "", **named}
    made = Statement(
        deployment="app",
        environment="production",
        commit=elsewhere,
        rules=control.in_force.rules_digest if control.in_force else "",
        reason="a rehearsal",
        at=datetime.now(UTC).isoformat(),
        **facts,
    )
    content = made.content()
    signed = SignedStatement(made, content, sign_file(now.git, content))
    push_gates(found, {signed.path: content, f"{signed.path}.sig": signed.signature})


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+00:00"])
def test_a_statement_of_an_impossible_time_stops_nothing(first: Controlled, at: str) -> None:
    first.change("zoe", "6")
    for name in ("bob", "cy"):
        first.vote(name)
    now = first.site.fetched()
    signed = GitControl(now.deployments["app"], now.gates_tip).signed[-1]
    words = replace(signed.statement, at=at).content()
    push_gates(
        first, {"votes/app/production/x.json": words, "votes/app/production/x.json.sig": b"x"}
    )
    assert first.reasons == ""


def test_evidence_of_whoever_may_push_does_not_complete_a_soak(first: Controlled) -> None:
    now, state = would_of_qa(first)
    (before,) = soaks(now.deployments["app"], "production", state)
    trigger = now.deployments["app"].states["qa"].current.head_commit[:7]
    place = folder("app", "qa")
    made = {
        f"{place}/20200101T000000Z-deploy-failed-{trigger}.json": "{}",
        f"{place}/20200102T000000Z-deploy-deployed-{trigger}.json": "{}",
    }
    first.push("zoe", **made)
    assert soaks(first.site.fetched().deployments["app"], "production", state) == (before,)


def test_a_failure_counts_although_its_evidence_was_removed(first: Controlled) -> None:
    now, state = would_of_qa(first)
    trigger = now.deployments["app"].states["qa"].current.head_commit[:7]
    moment = datetime.now(UTC) + timedelta(seconds=1)
    path = f"{folder('app', 'qa')}/{moment:%Y%m%dT%H%M%S}Z-smoketest-failed-{trigger}.json"
    first.push("zoe", **{path: "{}"})
    first.push("zoe", **{path: None})
    assert soaks(first.site.fetched().deployments["app"], "production", state) == ()


def would_of_qa(found: Controlled) -> tuple[Site, DeployState]:
    found.change("zoe", "7")
    return would(found)


@pytest.mark.parametrize("emptied", [False, True])
def test_an_environment_does_not_escape_its_rules_in_another_deployment(
    first: Controlled, emptied: bool
) -> None:
    """By somebody who may push to both branches; also where the rules were emptied before."""
    if emptied:
        first.push("zoe", **{"cepler/app.rules.yml": "environments: {}\n"})
    moved = CONFIG.replace("deployment: app", "deployment: other")
    files = {"cepler/other.yml": moved, "cepler/app.yml": None, "cepler/app.rules.yml": None}
    first.push("zoe", **files, shared__a="8")
    tip = first.site.fetched().tip
    push_gates(first, {"other.yml": f"qa: HEAD\nproduction: {tip}\n".encode()})
    first.act_as("bot")
    deployed(first.site, "qa")
    push_gates(first, {"other.yml": f"qa: HEAD\nproduction: {first.site.fetched().tip}\n".encode()})
    assert first.reasons.startswith("the rules of deployment app count for it")


@pytest.mark.slow
def test_a_record_that_is_put_back_does_not_revive_old_votes(first: Controlled) -> None:
    """By somebody who may push to both branches, while the votes on the change have not expired."""
    signed = RULES.replace("    override", "    signed_records: true\n    override")
    key_line = (first.folder / "bot.pub").read_text()
    listed = f'bot@bank.example namespaces="git" {key_line}'
    files = {"cepler/app.rules.yml": signed, "cepler/allowed_deployers": listed}
    first.push("zoe", **files)
    for name in ("bob", "cy"):
        first.vote_on_rules(name)
    path = "cepler/.cepler/app/production.state"
    first.change("zoe", "9")
    deploy_production(first)
    old = first.site.git.file(first.site.fetched().tip, path) or b""
    first.change("zoe", "10")
    deploy_production(first)
    gate = first.site.fetched().approvals.gates("app").entries["production"]
    first.push("ann", **{path: old.decode()})
    push_gates(first, {"app.yml": f"qa: HEAD\nproduction: {gate}\n".encode()})
    assert "production.state after its signed record" in first.reasons
