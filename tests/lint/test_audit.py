"""The audit: what should not have passed is found from git alone, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from promoter.gate.decision import decide
from promoter.gate.gates import Gates
from promoter.gate.records import record
from promoter.git.ledger import Entry, Ledger
from promoter.lint.audit import AuditedDeployment, audit
from promoter.lint.replay import replay
from tests.approvals.people import RULES, Controlled, controlled, site
from tests.command_line import promoter
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import steps
from tests.site.repository import deployed

__all__ = ["controlled", "site"]

STATE = "cepler/.cepler/app/production.state"
FREEZE = """\
    windows: {deny: [{from: 2020-01-01T00:00, to: 2099-01-01T00:00, zone: UTC, reason: freeze}]}
"""


@pytest.fixture
def approved(controlled: Controlled) -> Controlled:
    """A site whose production was approved by two people and deployed."""
    for name in ("bob", "cy"):
        controlled.vote(name)
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    return controlled


def audited(approved: Controlled, **times: datetime) -> list[AuditedDeployment]:
    return list(audit(approved.site.fetched(), "production", **times))


def forge(approved: Controlled) -> str:
    """Record what QA runs for production as somebody may who can push to main."""
    now = approved.site.fetched()
    gates = Gates("app.yml", {"qa": "HEAD", "production": now.tip})
    deployment = now.deployments["app"].under(gates)
    made = record(deployment, decide(deployment, "production"))
    entry = Entry({made.path: made.content}, made.message)
    return Ledger(now.git, "origin", "main").push(now.tip, entry)


def test_what_was_approved_by_two_is_clean(approved: Controlled) -> None:
    (found,) = audited(approved)
    assert (found.version, found.problems, found.note) == (1, (), "")
    now, later = datetime.now(UTC), timedelta(days=1)
    assert audited(approved, since=now + later) == audited(approved, at=now - later) == []
    assert audited(approved, at=now + later) == audited(approved, since=now - later) == [found]
    approved.push("ann", docs="unrelated")
    assert audited(approved) == [found]


def test_a_record_without_approvals_is_found_whatever_is_voted_later(approved: Controlled) -> None:
    approved.change("zoe", "3")
    forged = forge(approved)
    first, second = audited(approved)
    assert (first.problems, second.commit) == ((), forged)
    assert second.problems[0].startswith("the gate was at ")
    assert second.problems[1].startswith("0 of 2 approvals")
    approved.change("zoe", "4")
    for name in ("bob", "cy"):
        approved.vote(name)  # too late to matter
    assert audited(approved) == [first, second]


def test_an_edited_state_is_found_and_the_command_exits_with_1(
    approved: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(approved.site.git.dir)
    assert promoter("audit", "app").code == 0
    clean = promoter("audit", "production")
    assert clean.code == 0
    assert clean.stdout.endswith("production: 0 of 1 deployments should not have passed\n")
    verified = promoter("verify", "approval", "production")
    assert verified.code == 0
    last = verified.stdout.splitlines()[-1]
    assert last.startswith("production: 2 of 2 approvals (bob, cy), ")
    state = approved.site.git.file(approved.site.fetched().tip, STATE) or b""
    approved.push("ann", **{STATE: state.replace(b"version: 1", b"version: 2").decode()})
    _, second = audited(approved)
    assert second.problems[0].startswith("the message of a record is:")
    assert promoter("verify", "approval", "production").code == 1
    done = promoter("audit", "production", "--since", "2020-01-01")
    assert done.code == 1
    assert "  the message of a record is:" in done.stdout
    assert promoter("audit", "production", "--at", "yesterday").code == 64


def test_an_override_is_noted(controlled: Controlled) -> None:
    controlled.vote("dee", "override")
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    (found,) = audited(controlled)
    assert (found.problems, found.note) == ((), "passed by the override of dee: dee says so")


def test_rules_are_tried_on_past_deployments(
    approved: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, git = approved.site.fetched(), approved.site.git
    git.text("checkout", "-q", "-B", "proposal", now.tip)
    assert str(replay(now, now.tip, 50)).startswith("would have blocked 0 of ")
    for rules, blocked in ((RULES + FREEZE, "freeze"), (RULES.replace("2", "3", 1), "of 3 appr")):
        made = git.commit_files(now.tip, {"cepler/app.rules.yml": rules.encode()}, "feat: rules")
        git.text("checkout", "-q", "--detach", made)
        (found,) = replay(now, now.tip, 50).blocked
        assert blocked in found.problems[0]
    monkeypatch.chdir(git.dir)
    shown = promoter("rules", "test", "--base", now.tip)
    assert shown.code == 0
    assert "production version 1" in shown.stdout
    assert "would have blocked 1 of " in shown.stdout
    assert promoter("rules", "test", "--base", "nowhere").code == 64
    assert replace(found, problems=()) == replace(audited(approved)[0], problems=())


def test_a_pull_request_gets_the_replay_as_a_runner_makes_it(approved: Controlled) -> None:
    """The step of the workflow, in a checkout that has every branch and no way to fetch."""
    now, git = approved.site.fetched(), approved.site.git
    files = {"cepler/app.rules.yml": (RULES + FREEZE).encode()}
    git.text("checkout", "-q", "--detach", git.commit_files(now.tip, files, "feat: rules"))
    git.text("remote", "set-url", "origin", "/nowhere")
    (git.dir / ".venv").symlink_to(ROOT / ".venv")
    (step,) = (
        each
        for each in steps(ROOT / ".github/workflows/preview.yml")
        if each["name"].startswith("Replay")
    )
    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=git.dir,
        env={**os.environ, "BASE": now.tip},
        check=True,
    )
    text = (git.dir / "rules.md").read_text()
    assert "These rules would have blocked 1 of 2 deployments." in text
    assert re.search(r"(?m)^\| production \| 1 \| [0-9a-f]{12} \| closed until 2099", text)
