"""Approvals of all records at once: the same as of each alone, by a fixed number of processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from promoter.git import Git
from promoter.site.past_approvals import PastApprovals, decided_alone, past_approvals
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.site.timeline import timeline
from tests.approvals.people import RULES, Controlled, controlled
from tests.site.repository import deployed, pull, push, site

__all__ = ["controlled", "site"]


def found(site: Site) -> PastApprovals:
    """Return the approvals of production's records, which are the same as of each alone."""
    history = timeline(site, "production")
    results = past_approvals(site, history)
    alone = {each.commit: decided_alone(site, each) for each in history.records}
    assert {commit: each.votes for commit, each in results.items()} == alone
    assert [each.problem for each in results.values()] == [""] * len(alone)
    return results


def names(results: PastApprovals) -> list[list[str]]:
    """Return who approved each record, the newest first."""
    return [[each.who for each in record.counting] for record in results.values()]


def change(found: Controlled, by: str, content: str, *voters: str) -> Site:
    """Deploy another change to production, approved by ``voters``."""
    found.change(by, content)
    for name in voters:
        found.vote(name)
    found.act_as("bot")
    now = found.site.fetched()
    return deployed(now, "production", gates=now.gates_tip)


@pytest.mark.slow
def test_votes_count_as_they_did_by_the_rules_and_keys_of_their_time(
    controlled: Controlled,
) -> None:
    change(controlled, "zoe", "3", "bob", "cy")
    lines = (controlled.site.git.file("HEAD", "cepler/allowed_signers") or b"").decode()
    left = lines.replace('"git,promoter"', '"git,promoter",valid-before="20200101Z"', 2)
    assert left != lines
    easier = RULES.replace("count: 2", "count: 1")
    controlled.push("zoe", cepler__allowed_signers=left, **{"cepler/app.rules.yml": easier})
    change(controlled, "zoe", "4", "bob", "cy")
    for name in ("bob", "cy"):
        controlled.vote_on_rules(name)
    now = change(controlled, "zoe", "5", "cy")
    assert names(found(now)) == [["cy"], ["bob", "cy"], ["bob", "cy"]]


def test_votes_that_were_replaced_do_not_count(controlled: Controlled) -> None:
    controlled.vote("bob", "reject")
    controlled.vote("bob")
    controlled.vote("cy")
    controlled.act_as("bot")
    (first,) = found(deployed(controlled.site, "production")).values()
    votes = [(each.person, each.kind, each.counts) for each in first.votes]
    assert votes == [
        ("bob", "reject", False),
        ("bob", "approve", True),
        ("cy", "approve", True),
    ]


def test_an_override_is_shown_as_one(controlled: Controlled) -> None:
    controlled.vote("dee", "override")
    controlled.act_as("bot")
    (only,) = found(deployed(controlled.site, "production")).values()
    assert [(each.who, each.kind) for each in only.counting] == [("dee", "override")]


def test_without_rules_it_is_who_set_the_gate(site: Site) -> None:
    for number in range(3):
        pull(site.fetched())
        push(site.git, {"shared/a": b"%d" % number, "production/c": b"%d" % number})
        deployed(site, "qa")
        now = site.fetched()
        approve(now, propose(now, ApprovalRequest("production", f"reason {number}")))
        now = site.fetched()
        # Evidence names the gates: all of this may happen within a second.
        now = deployed(now, "production", gates=now.gates_tip)
        # Of another environment.
        gates = f"qa: HEAD\nproduction: {now.approvals.gates('app').entries['production']}\n#\n"
        made = site.git.commit_files(now.gates_tip, {"app.yml": gates.encode()}, f"x {number}")
        site.git.push("origin", made, "refs/heads/cepler-gates", expect=now.gates_tip)
    results = found(site.fetched())
    reasons = [each.reason for record in results.values() for each in record.votes]
    assert reasons == ["reason 2", "reason 1", "reason 0"]


@pytest.mark.slow
def test_the_number_of_processes_does_not_depend_on_that_of_the_records(
    controlled: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Counter[str]()

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Git, *arguments: str, **options: Any) -> Any:
            started[next(each for each in arguments if each[0] != "-")] += 1
            return method(self, *arguments, **options)

        return call

    sites = [change(controlled, "zoe", content, "bob", "cy") for content in "345"]
    monkeypatch.setattr(Git, "attempt", counted(Git.attempt))
    monkeypatch.setattr(Git, "process", counted(Git.process))
    costs = []
    for now in (sites[0], sites[2]):
        history = timeline(now, "production")
        started.clear()
        assert set(map(tuple, names(past_approvals(now, history)))) == {("bob", "cy")}
        costs.append(dict(started))
    assert costs[0] == costs[1]
