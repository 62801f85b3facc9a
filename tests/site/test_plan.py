"""The plan: environments that are due or blocked, their files, and bypasses of the gate."""

from __future__ import annotations

import dataclasses
import subprocess
from typing import Any

import pytest

from promoter.deploy.record import note
from promoter.site.evidence import Evidence, now
from promoter.site.plan import plan_all
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from tests.site.repository import CONFIG, deployed, push, site

__all__ = ["site"]


def by_name(found: Site) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.environment: (each.status, each.holds) for each in plan_all(found.fetched())}


def test_before_the_first_deploy_each_environment_waits_for_the_one_before(site: Site) -> None:
    assert by_name(site) == {
        "qa": ("due", ()),
        "production": ("blocked", ("Previous environment 'qa' not deployed yet",)),
    }


def test_files_name_their_commits(site: Site) -> None:
    due = plan_all(site, ["qa"])[0]
    assert {file.path: file.kind for file in due.files} == {"shared/a": "added", "qa/b": "added"}
    assert {file.commit for file in due.files} == {site.git.commit("HEAD")}
    assert due.since == site.git.text("log", "-1", "--format=%cI")
    assert due.next_step == "promoter deploy qa"


def test_an_untested_chart_is_reported_with_its_reason(site: Site) -> None:
    message = "chore(charts): bump\n\nUntested: no cluster\n  today\n"
    made = site.git.commit_files(site.git.commit("HEAD"), {"qa/b": b"2"}, message)
    site.git.push("origin", made, "refs/heads/main", expect=site.tip)
    assert plan_all(site.fetched(), ["qa"])[0].untested == (f"[{made[:7]}] no cluster today",)
    assert {each.environment: each.untested for each in plan_all(site.fetched())}[
        "production"
    ] == ()


def test_what_is_recorded_is_up_to_date(site: Site) -> None:
    assert by_name(deployed(site, "qa"))["qa"] == ("up to date", ())


def test_a_change_that_waits_for_the_gate_is_blocked_by_it(site: Site) -> None:
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    site = deployed(site, "production")
    site.git.text("merge", "-q", "--ff-only", site.tip)
    push(site.git, {"production/c": b"2"})
    status, holds = by_name(site)["production"]
    assert status == "blocked"
    assert holds[0].startswith("held back by gate")


def test_a_bypass_is_shown_until_the_next_gated_deploy(site: Site) -> None:
    site = deployed(site, "qa")
    bypass = Evidence("app", "qa", "ungated", "noted", site.tip, now(), "a test", "an outage")
    note(site, bypass)
    assert plan_all(site.fetched(), ["qa"])[0].ungated == "an outage"
    gated = dataclasses.replace(bypass, kind="deploy", outcome="deployed", at=now())
    note(site.fetched(), gated)
    assert plan_all(site.fetched(), ["qa"])[0].ungated is None


def test_more_environments_need_no_more_git_processes(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = _processes_of_a_plan(_grown(site, 3), monkeypatch)
    many = _processes_of_a_plan(_grown(site, 100), monkeypatch)
    # The deploy before has read votes and control files already, which the first plan need not.
    assert len(many) <= len(few) + 2, (few, many)


def _grown(site: Site, count: int) -> Site:
    """The site with ``count`` environments more, each with its own and shared files to take."""
    site = site.fetched()
    site.git.text("merge", "-q", "--ff-only", site.tip)
    names = [f"env-{number}" for number in range(count)]
    config = CONFIG + "".join(
        f"  {name}:\n    passed: qa\n    propagated: [shared/*]\n    latest: [{name}/**]\n"
        for name in names
    )
    files = {f"{name}/file": b"1" for name in names}
    push(site.git, {"cepler/app.yml": config.encode(), **files})
    gates = "".join(f"{name}: HEAD\n" for name in ["qa", "production", *names]).encode()
    made = site.git.commit_files(site.gates_tip, {"app.yml": gates}, "chore: gates")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
    return deployed(site, "qa") if count == 3 else site.fetched()


def _processes_of_a_plan(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    started: list[str] = []

    class Counted(subprocess.Popen[bytes]):
        def __init__(self, arguments: list[str], **more: Any) -> None:
            started.append(" ".join(arguments[:3]))
            super().__init__(arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", Counted)
        found = plan_all(site)
    statuses = {each.status for each in found if each.environment.startswith("env-")}
    assert statuses == {"due"}
    assert all(file.commit for each in found for file in each.files)
    return started


def test_what_is_held_back_says_since_when(site: Site) -> None:
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    site = deployed(site, "production")
    site.git.text("merge", "-q", "--ff-only", site.tip)
    commit = push(site.git, {"production/c": b"2", "shared/a": b"2"})
    held = plan_all(site.fetched(), ["production"])[0]
    assert held.status == "blocked"
    assert {(file.path, file.commit) for file in held.files} == {
        ("production/c", commit),
        ("shared/a", commit),
    }
    assert held.since == site.git.text("log", "-1", "--format=%cI", commit)
