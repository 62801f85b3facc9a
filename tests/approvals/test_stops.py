"""Stops, overrides, windows and soaks on real git, through every entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.approvals.control import GitControl
from promoter.approvals.soak import soaks
from promoter.approvals.stops import Order, give
from promoter.common.errors import NotCleared, NothingNewer, PromoterError, UsageError
from promoter.deploy.deploy import override, unchanged
from promoter.deploy.record import record
from promoter.setup.doctor.check import Surroundings
from promoter.setup.doctor.control import check_control
from promoter.site.evidence import OVERRIDE, Evidence, bypass_reason, now
from promoter.site.opening import find_opening
from promoter.site.site import Site
from promoter.toolchain import Toolchain
from tests.approvals.people import RULES, Controlled, approved, control, controlled, signer, site

__all__ = ["approved", "controlled", "site"]


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


def order(found: Controlled, by: str, given: Order) -> str:
    found.act_as(by)
    now = found.site.fetched()
    return str(give(now.approvals, now.deployments, given))


def test_a_stop_holds_at_once_and_cites_its_commit(approved: Controlled) -> None:
    before = approved.site.fetched()
    decision = before.decide("production")
    order(approved, "ann", Order("stop", "the ledger is off", "app", "production"))
    tip = approved.site.fetched().gates_tip or ""
    assert approved.reasons == f"stopped by ann in {tip[:12]}: the ledger is off"
    with pytest.raises(NotCleared, match="stopped by ann"):
        unchanged(before, decision)
    with pytest.raises(NothingNewer, match="stopped already"):
        order(approved, "bob", Order("stop", "again", "app", "production"))
    order(approved, "bob", Order("resume", "it is right", "app", "production"))
    assert approved.reasons == ""


def test_a_wider_stop_is_lifted_by_a_wide_resume_alone(approved: Controlled) -> None:
    order(approved, "ann", Order("stop", "everything"))
    with pytest.raises(UsageError, match="still stopped") as refused:
        order(approved, "bob", Order("resume", "x", "app", "production"))
    assert refused.value.next_step == "promoter resume --all --reason '...'"
    assert approved.reasons.endswith("everything")
    order(approved, "bob", Order("resume", "over"))
    with pytest.raises(NothingNewer, match="nothing of it is stopped"):
        order(approved, "bob", Order("resume", "again"))


def test_a_stop_by_nobody_is_refused_and_does_not_hold(approved: Controlled) -> None:
    with pytest.raises(PromoterError, match="sign with"):
        order(approved, "mallory", Order("stop", "denial"))


def test_a_deployment_whose_file_cannot_be_read_is_an_error(approved: Controlled) -> None:
    approved.push("ann", **{"cepler/broken.yml": "a: ["})
    with pytest.raises(PromoterError, match=r"stop broken: no cepler file of it can be read"):
        order(approved, "bob", Order("stop", "x", "broken"))


def test_an_override_is_recorded_and_shown_until_the_next_normal_deploy(
    controlled: Controlled,
) -> None:
    controlled.vote("dee", "override", lasts=timedelta(hours=1))
    site = controlled.site.fetched()
    decision = site.decide("production").require_due()
    detail = override(site, decision)
    assert detail[OVERRIDE].startswith("overridden by dee in ")
    evidence = Evidence("app", "production", "deploy", "deployed", decision.trigger, now(), "dee")
    controlled.act_as("bot")
    record(site, decision, Evidence(**{**vars(evidence), "details": detail}))
    assert bypass_reason(site.fetched(), "app", "production") == detail[OVERRIDE]


def test_an_override_never_counts_in_ci(
    controlled: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    controlled.vote("dee", "override")
    assert controlled.reasons == ""
    monkeypatch.setenv("CI", "true")
    assert "0 of 2 approvals" in controlled.reasons
    with pytest.raises(NotCleared, match="overrides are for people"):
        controlled.vote("dee", "override")


def test_a_longer_override_than_the_rules_allow_is_refused(controlled: Controlled) -> None:
    with pytest.raises(UsageError, match="at most 2:00:00"):
        controlled.vote("dee", "override", lasts=timedelta(hours=3))


CLOSED = """\
environments:
  production:
    windows: {deny: [{from: 2020-01-01, to: 2099-01-01, zone: UTC, reason: a long freeze}]}
  qa:
    soak: 24h
"""


def test_a_window_is_judged_again_before_the_apply(controlled: Controlled) -> None:
    controlled.vote("bob")
    controlled.vote("cy")
    before = controlled.site.fetched()
    decision = before.decide("production")
    closed = RULES + CLOSED[CLOSED.index("    windows") : CLOSED.index("  qa")]
    controlled.push("zoe", **{"cepler/app.rules.yml": closed})
    controlled.vote_on_rules("bob")
    controlled.vote_on_rules("cy")
    with pytest.raises(NotCleared):
        unchanged(before, decision)
    opening = find_opening(controlled.site.fetched(), "production")
    assert opening.without_votes is None  # the votes name the rules of before
    assert opening.if_approved == "2099-01-01T00:00:00+00:00"
    assert "closed until 2099-01-01T00:00:00+00:00: a long freeze" in opening.why


def test_a_window_that_closes_while_a_plan_is_made_holds_the_apply(
    site: Site, tmp_path: Path
) -> None:
    freeze = "{from: 2090-01-01, to: 2099-01-01, zone: UTC, reason: a long freeze}"
    found = control(site, tmp_path, f"{RULES}    windows: {{deny: [{freeze}]}}\n")
    for name in ("bob", "cy"):
        found.vote(name)
    before = found.site.fetched()
    decision = before.decide("production")
    assert unchanged(before, decision).tip == before.tip
    closed = replace(before, now=datetime(2090, 1, 1, tzinfo=UTC))
    with pytest.raises(NotCleared, match=r"closed until 2099-01-01T00:00:00\+00:00: a long freeze"):
        unchanged(closed, decision)


def test_a_soak_counts_what_the_environment_before_recorded(controlled: Controlled) -> None:
    site = controlled.site.fetched()
    control = GitControl(site.deployments["app"], site.gates_tip)
    would = control.would("production", site.tip)
    assert would is not None
    ((since, until),) = soaks(site.deployments["app"], "production", would)
    assert until is None
    state = "cepler/.cepler/app/qa.state"
    recorded = site.git.text("log", "-1", "--format=%ct", site.tip, "--", state)
    assert since.timestamp() == int(recorded)
    failed = Evidence(
        "app", "qa", "deploy", "failed", site.deployments["app"].states["qa"].current.head_commit
    )
    controlled.push("ann", **{failed.path: failed.content().decode()})
    later = controlled.site.fetched()
    assert soaks(later.deployments["app"], "production", would) == ()


def test_other_content_upstream_ends_a_soak(controlled: Controlled) -> None:
    site = controlled.site.fetched()
    would = GitControl(site.deployments["app"], site.gates_tip).would("production", site.tip)
    assert would is not None
    controlled.change("zoe", "3")
    ((since, until),) = soaks(controlled.site.fetched().deployments["app"], "production", would)
    assert until is not None
    assert since <= until


@pytest.mark.parametrize("step", ["check", "in"])
def test_the_concourse_resource_refuses_too(
    approved: Controlled, step: str, tmp_path: Path
) -> None:
    def answer(name: str) -> subprocess.CompletedProcess[str]:
        site = approved.site.fetched()
        source = {
            "uri": str(tmp_path / "origin.git"),
            "branch": "main",
            "private_key": "",
            "gates_branch": "cepler-gates",
            "gates_file": "app.yml",
            "environment": "production",
            "config": "cepler/app.yml",
        }
        decided = site.decide("production")
        version = {"trigger": decided.trigger or trigger, "version": "1"}
        request = {"source": source, "version": version if step == "in" else None}
        words = ["check"] if step == "check" else ["ci_in", str(tmp_path / name)]
        return subprocess.run(
            [sys.executable, "-m", "promoter", "cepler", "concourse", *words],
            input=json.dumps(request),
            env={**os.environ, "TMPDIR": str(tmp_path / f"tmp-{name}")},
            capture_output=True,
            text=True,
            check=False,
        )

    for name in ("open", "stopped"):
        (tmp_path / f"tmp-{name}").mkdir()
    trigger = approved.site.fetched().decide("production").trigger
    done = answer("open")
    assert done.returncode == 0, done.stderr
    assert trigger in done.stdout
    order(approved, "ann", Order("stop", "the ledger is off"))
    done = answer("stopped")
    assert "the ledger is off" in done.stderr
    assert trigger not in done.stdout
    assert done.returncode == (0 if step == "check" else 3)


def test_the_doctor_lists_keys_and_approvals_that_expire_soon(controlled: Controlled) -> None:
    git, site = controlled.site.git, controlled.site.fetched()
    listed = (git.file(site.tip, "cepler/allowed_signers") or b"").decode()
    soon = datetime.now(UTC) + timedelta(days=3)
    ending = listed.replace(
        'cy@bank.example namespaces="git,promoter"',
        f'cy@bank.example namespaces="git,promoter",valid-before="{soon:%Y%m%d}Z"',
    )
    rules = RULES.replace("exclude_authors: true", "exclude_authors: true, expires: 2h")
    last = f'valid-before="{soon:%Y%m%d}Z"'
    ended = "".join(
        signer(controlled.folder, name, options).replace(f"{name}@", "bot@")
        for name, options in (("late", last), ("gone", 'valid-before="20260101Z"'))
    )
    files = {"cepler/allowed_signers": ending, "cepler/app.rules.yml": rules}
    files |= {"cepler/allowed_deployers": ended}
    controlled.push("zoe", **files)
    controlled.vote_on_rules("bob")
    controlled.vote_on_rules("cy")
    controlled.vote("bob")
    site = controlled.site.fetched()
    found = check_control(Surroundings(git, site, Toolchain(git.dir)))
    details = [each.detail for each in found]
    signers, deployers = "cepler/allowed_signers", "cepler/allowed_deployers"
    assert details[0].startswith(f"the key of cy@bank.example in {signers} ends at {soon:%Y-%m-%d}")
    assert details[1].startswith(f"the key of bot@bank.example in {deployers} ends at {soon:%Y}")
    assert details[2].startswith("an approval of production by bob ends at ")
    assert len(details) == 3
