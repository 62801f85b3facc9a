"""Statements that a server of the page signs: where they count, and what its key cannot do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.approvals.ballot import Accepted, CastVote, statement, submit
from promoter.approvals.control import GitControl
from promoter.approvals.rules_file import read_teams
from promoter.approvals.statement import SignedStatement, Statement
from promoter.approvals.stops import Order, give
from promoter.common.errors import InvalidFile, NothingNewer, UsageError
from promoter.lint.audit import audit
from promoter.site.approved import approvers, gate_approvals
from promoter.site.freezes import freezes
from promoter.site.opening import find_opening
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.site.special import special_problem
from tests.approvals.people import (
    PAGE_RULES,
    RULES,
    Controlled,
    build_page,
    on_page,
    site,
    subject,
)
from tests.prototypes import Prototypes
from tests.site.repository import deployed

__all__ = ["site"]


@pytest.fixture
def page(site: Site, tmp_path: Path, prototypes: Prototypes) -> Controlled:
    """Production counts votes via the page, which has a key; somebody moved its gate."""
    prototypes.copy(build_page, tmp_path)
    made = Controlled(tmp_path, site)
    push_gate(made)
    return made


def vote(page: Controlled, name: str, kind: str = "approve", **options: object) -> str:
    """Vote for ``name`` with the key that git has."""
    now = page.site.fetched()
    request = ApprovalRequest(
        "production", f"{name} says so", vote=kind, subject=subject(name), **options
    )
    return str(approve(now, propose(now, request)))


def order(page: Controlled, kind: str, name: str, environment: str = "production") -> str:
    now = page.site.fetched()
    given = Order(kind, f"{name} says so", "app", environment, subject(name))
    return str(give(now.approvals, now.deployments, given))


def forge(page: Controlled, made: Statement) -> None:
    """Push a statement with the key that git has, without any check."""

    def accepted(signed: SignedStatement, tip: str | None) -> Accepted:
        return CastVote(signed.statement, ""), {}

    submit(page.site.fetched().approvals, made, accepted)


def voted(page: Controlled, kind: str = "approve", **changes: str) -> Statement:
    """Return a vote on what waits, as a stolen key could make it."""
    now = page.site.fetched()
    proposal = propose(now, ApprovalRequest("production", "x"))
    assert proposal.ballot is not None
    case = proposal.ballot.case(now.gates_tip)
    own = {name: getattr(case, name) for name in ("deployment", "environment", "runs", "would")}
    named = {**own, "rules": case.rules_digest, "commit": proposal.value, **changes}
    return statement(kind, "stolen", None, **named)


def test_two_people_approve_and_everything_names_the_way(page: Controlled) -> None:
    assert "1 of 2 approvals (bob via web), none of team risk" in vote(page, "bob")
    assert "1 of 2 approvals (bob via web)" in page.reasons
    assert "2 of 2 approvals (bob via web, cy via web)" in vote(page, "cy")
    assert page.reasons == ""
    now = page.site.fetched()
    assert approvers(now, "production") == "bob via web, cy via web"
    found = gate_approvals(now, "production")
    assert found.verified
    assert {each.via for each in found.votes} == {"web"}
    deployed(now, "production")
    with page.site.fetched().opened() as opened:
        (audited,) = audit(opened, "production")
    assert audited.problems == ()


def test_the_page_and_a_key_complete_each_other(page: Controlled) -> None:
    vote(page, "bob")
    assert "2 of 2 approvals (bob via web, cy)" in page.vote("cy")
    assert page.reasons == ""


def test_an_author_does_not_approve_on_the_page(page: Controlled) -> None:
    page.change("ann", "9")
    page.act_as("page")
    with pytest.raises(UsageError, match="ann wrote a part of it"):
        vote(page, "ann")


def test_a_subject_that_nobody_has_does_not_vote(page: Controlled) -> None:
    with pytest.raises(UsageError, match="0198-mallory is the subject of nobody"):
        vote(page, "mallory")
    with pytest.raises(UsageError, match="0198-BOB is the subject of nobody"):
        vote(page, "BOB")
    with pytest.raises(UsageError, match="dee is in none of the teams"):
        vote(page, "dee")


def test_without_the_rule_nothing_of_the_page_counts(site: Site, tmp_path: Path) -> None:
    page = on_page(site, tmp_path, RULES)
    push_gate(page)
    with pytest.raises(UsageError, match="its rules do not count what is signed via web"):
        vote(page, "bob")
    with pytest.raises(UsageError, match="its rules do not count what is signed via web"):
        order(page, "stop", "bob")
    for name in ("bob", "cy"):
        forge(page, voted(page, via="web", subject=subject(name)))
    forge(page, statement("stop", "stolen", None, via="web", subject=subject("bob")))
    assert "0 of 2 approvals, none of team risk" in page.reasons
    assert "stopped" not in page.reasons
    now = page.site.fetched()
    assert not any(each.stop for each in freezes(now, "app").environments)
    assert not gate_approvals(page.site.fetched(), "production").verified


def push_gate(page: Controlled) -> None:
    """Move production's gate to the tip, as whoever may push there can."""
    now = page.site.fetched()
    text = f"qa: HEAD\nproduction: {now.tip}\n".encode()
    made = now.git.commit_files(now.gates_tip, {"app.yml": text}, "chore: move")
    now.git.push("origin", made, "refs/heads/cepler-gates", expect=now.gates_tip)


def test_the_key_of_the_page_speaks_for_nobody_by_itself(page: Controlled) -> None:
    forge(page, voted(page))
    forge(page, statement("stop", "stolen", None, deployment="app"))
    assert "0 of 2 approvals" in page.reasons
    assert "stopped" not in page.reasons


def test_the_key_of_a_person_is_not_the_page(page: Controlled) -> None:
    page.act_as("bob")
    forge(page, voted(page, via="web", subject=subject("cy")))
    forge(page, voted(page, via="web", subject=subject("bob")))
    assert "0 of 2 approvals" in page.reasons


@pytest.mark.parametrize(
    "changes",
    [
        {"via": "web"},
        {"subject": subject("bob")},
        {"via": "other", "subject": subject("bob")},
    ],
)
def test_a_way_that_nobody_knows_does_not_count(page: Controlled, changes: dict[str, str]) -> None:
    forge(page, voted(page, **changes))
    assert "0 of 2 approvals" in page.reasons


def test_the_page_does_not_replace_a_vote_of_a_key(page: Controlled) -> None:
    page.vote("bob", "reject")
    page.act_as("page")
    with pytest.raises(UsageError, match="bob has voted with a key"):
        vote(page, "bob")
    forge(page, voted(page, via="web", subject=subject("bob")))
    assert "rejected by bob: bob says so" in page.reasons
    page.vote("bob")
    page.act_as("page")
    forge(page, voted(page, "reject", via="web", subject=subject("bob")))
    assert "1 of 2 approvals (bob)" in page.reasons


def test_the_page_rejects_and_takes_it_back(page: Controlled) -> None:
    vote(page, "bob", "reject")
    assert "rejected by bob via web" in page.reasons
    with pytest.raises(NothingNewer, match="bob has voted so already"):
        vote(page, "bob", "reject")
    vote(page, "bob")
    assert "1 of 2 approvals (bob via web)" in page.reasons


def test_the_page_lifts_its_own_stop_but_none_of_a_key(page: Controlled) -> None:
    assert order(page, "stop", "ann") == "stopped production by ann via web"
    assert "stopped by ann via web in" in page.reasons
    order(page, "resume", "bob")
    assert "stopped" not in page.reasons
    page.act_as("ann")
    now = page.site.fetched()
    give(now.approvals, now.deployments, Order("stop", "by key", "app", "production"))
    page.act_as("page")
    with pytest.raises(UsageError, match="it is still stopped by"):
        order(page, "resume", "ann")
    scoped = {"deployment": "app", "environment": "production", "commit": now.tip}
    forge(page, statement("resume", "x", None, via="web", subject=subject("ann"), **scoped))
    assert "stopped by ann in" in page.reasons


def test_a_stop_of_more_than_the_rules_allow_is_refused(page: Controlled) -> None:
    with pytest.raises(UsageError, match="do not count what is signed via web"):
        order(page, "stop", "ann", "")


def test_plans_destroys_rules_and_overrides_need_a_key(page: Controlled) -> None:
    with pytest.raises(UsageError, match="do not count what is signed via web"):
        vote(page, "bob", plan="0" * 64)
    with pytest.raises(UsageError, match="do not count what is signed via web"):
        vote(page, "dee", "override")
    forge(page, voted(page, "override", via="web", subject=subject("dee")))
    assert "0 of 2 approvals" in page.reasons
    plan = "plan-" + "0" * 64
    named = {"runs": "", "would": plan, "commit": page.site.fetched().tip, "via": "web"}
    for name in ("bob", "cy"):
        forge(page, voted(page, **named, subject=subject(name)))
    now = page.site.fetched()
    assert special_problem(now, "production", "plan", "0" * 64)


def test_the_page_does_not_change_the_rules(page: Controlled) -> None:
    page.push("zoe", **{"cepler/app.rules.yml": PAGE_RULES.replace("count: 2", "count: 1")})
    page.act_as("page")
    now = page.site.fetched()
    request = ApprovalRequest("app", "x", rules=True, subject=subject("bob"))
    with pytest.raises(UsageError, match="only votes on a commit are given on the page"):
        approve(now, propose(now, request))
    before, after = propose(now, replace(request, subject="")).ballot.files()
    named = {"deployment": "app", "runs": before.digest, "would": after.digest}
    named |= {"commit": after.commit, "rules": before.rules_digest, "via": "web"}
    for name in ("bob", "cy"):
        forge(page, statement("approve", "x", None, subject=subject(name), **named))
    control = GitControl(*_deployment(page))
    assert control.rules("production").approval.count == 2


def _deployment(page: Controlled) -> tuple[object, str | None]:
    now = page.site.fetched()
    return now.deployments["app"], now.gates_tip


def test_who_votes_next_names_people(page: Controlled) -> None:
    vote(page, "bob")
    found = find_opening(page.site.fetched(), "production")
    assert found.approved_by == ("bob via web",)
    assert found.may_vote == ("cy",)


def test_a_vote_has_the_subject_in_its_signed_words(page: Controlled) -> None:
    vote(page, "bob")
    now = page.site.fetched()
    names = now.git.lines("ls-tree", "-r", "--name-only", now.gates_tip, "votes/")
    (content,) = (now.git.file(now.gates_tip, name) for name in names if name.endswith("json"))
    stated = json.loads(content)
    assert (stated["via"], stated["subject"]) == ("web", subject("bob"))
    message = now.git.text("log", "-1", "--format=%B", now.gates_tip)
    assert "approve(production): up to" in message


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("people: {a: {mail: [a@b], keys: [k]}}\nservers: [K]\n", "K is a server, and a key of a"),
        (
            "people: {a: {mail: [a@b], subjects: [x 1]}, b: {mail: [b@b], subjects: [x 1]}}\n",
            "x 1 belongs to both a and b",
        ),
    ],
)
def test_a_key_or_a_subject_is_of_one(text: str, cause: str) -> None:
    with pytest.raises(InvalidFile, match=cause):
        read_teams(text.encode())
