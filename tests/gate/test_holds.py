"""Holds: each reason for which an environment waits, and a new kind of hold as one class."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from promoter.cli.plan import plan, why
from promoter.common.errors import NotCleared, NothingNewer
from promoter.deploy.deploy import cleared
from promoter.gate import holds
from promoter.gate.decision import Decision, DecisionStatus
from promoter.gate.evaluator import Outlook
from promoter.gate.holds.gate import HeldByGate
from promoter.gate.holds.hold import Hold
from promoter.gate.holds.not_deployed import NotDeployed
from promoter.gate.holds.not_passed import NotPassed
from promoter.git import Git, Identity
from promoter.site.proposal import ApprovalRequest, propose
from promoter.site.site import Site
from promoter.site.status import statuses

CONFIG = b"""\
deployment: app
environments:
  staging: {latest: ["m/*"]}
  qa: {passed: staging, propagated: ["m/*"], latest: [qa]}
"""
FILES = {"cepler/app.yml": CONFIG, "m/a": b"1", "qa": b"1"}
AUTHOR = Identity("Ann", "ann@bank.example")


@dataclass(frozen=True)
class FreezeWindow(Hold):
    """No change is deployed before Monday."""

    @classmethod
    def find(cls, outlook: Outlook) -> Self | None:
        return cls(outlook.changes) if outlook.is_due else None

    def __str__(self) -> str:
        return "frozen until Monday"

    def next_step(self, environment: str) -> str:
        return f"promoter deploy {environment} on Monday"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A clone of a repository with two environments, none of them deployed."""
    (tmp_path / "clone").mkdir()
    git = Git(tmp_path / "clone")
    git.text("init", "-q", "-b", "main")
    git.text("init", "-q", "--bare", str(tmp_path / "remote"))
    git.text("remote", "add", "origin", str(tmp_path / "remote"))
    push(git, FILES, "main")
    push(git, {"app.yml": b"staging: HEAD\nqa: HEAD\n"}, "cepler-gates")
    return Site.of(git.dir)


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry with one more kind of hold, in one more line."""
    monkeypatch.setattr(holds, "KINDS", [*holds.KINDS, f"{__name__}:{FreezeWindow.__name__}"])


def push(git: Git, files: dict[str, bytes | None], branch: str) -> str:
    tip = git.remote_ref("origin", f"refs/heads/{branch}")
    if tip:
        git.fetch("origin", f"refs/heads/{branch}")
    commit = git.commit_files(tip, files, "fix: a change", author=AUTHOR)
    git.push("origin", commit, f"refs/heads/{branch}", expect=tip)
    return commit


def recorded(site: Site, environment: str) -> Site:
    """The site after a deploy of ``environment``."""
    record = site.record(site.decide(environment))
    push(site.git, {record.path: record.content}, "main")
    return site.fetched()


def decision(site: Site, environment: str) -> Decision:
    decided = site.fetched().decide(environment)
    if not decided.is_due:
        assert decided.state.files == {}
        assert decided.decided_at == ""
    return decided


def test_the_passed_environment_has_not_been_deployed(site: Site) -> None:
    qa = decision(site, "qa")
    assert qa.holds == (NotDeployed((), "staging"),)
    assert qa.next_step == "promoter deploy staging first"
    with pytest.raises(
        NotCleared, match=r"^deploy qa: Previous environment 'staging' not deployed"
    ):
        qa.require_due()


def test_the_passed_environment_does_not_run_the_change(site: Site) -> None:
    site = recorded(recorded(site, "staging"), "qa")
    push(site.git, {"m/a": b"2"}, "main")
    qa = decision(site, "qa")
    assert [type(hold) for hold in qa.holds] == [NotPassed]
    assert str(qa.holds[0]) == "1 file would change at the tip, not passed by 'staging' yet"
    assert [change.path for change in qa.changes] == ["m/a"]
    assert qa.next_step == "promoter deploy staging first"


def test_the_gate_names_a_commit_before_the_change(site: Site) -> None:
    site = recorded(recorded(site, "staging"), "qa")
    push(site.git, {"app.yml": f"staging: HEAD\nqa: {site.tip}\n".encode()}, "cepler-gates")
    changed = push(site.git, {"qa": b"2"}, "main")
    qa = decision(site, "qa")
    assert [type(hold) for hold in qa.holds] == [HeldByGate]
    assert str(qa.holds[0]) == (
        f"held back by gate {site.tip[:12]}: 1 file would change at the tip"
    )
    (change,) = qa.changes
    assert change.current is not None
    assert change.current.from_commit == changed
    assert qa.next_step.startswith("promoter approve qa --reason '...' (a commit on branch cepler")


def test_what_is_due_has_all_that_a_record_needs(site: Site) -> None:
    staging = decision(site, "staging").require_due()
    assert (staging.status, staging.version, staging.holds) == (DecisionStatus.DUE, 1, ())
    assert staging.decided_at == staging.trigger == site.tip
    assert staging.next_step == "promoter deploy staging"
    staging = decision(recorded(site, "staging"), "staging")
    assert (staging.status, staging.next_step) == (DecisionStatus.UP_TO_DATE, "")
    with pytest.raises(NothingNewer, match=r"^deploy staging: already up to date"):
        staging.require_due()


def test_every_file_of_the_folder_is_in_the_registry() -> None:
    files = {file.stem for file in Path(str(holds.__file__)).parent.glob("*.py")}
    assert {kind.__module__.rpartition(".")[2] for kind in holds.kinds()} == files - {
        "__init__",
        "hold",
    }


@pytest.mark.usefixtures("freeze")
def test_a_new_kind_of_hold_blocks_and_is_shown_everywhere(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(site.git.dir)
    plan()
    shown = capsys.readouterr().out
    assert shown.startswith("staging (app): blocked: 1 files, since ")
    assert "  frozen until Monday\n  added   m/a  [" in shown
    assert "  next: promoter deploy staging on Monday\n" in shown
    why("staging", as_json=True)
    blocked = json.loads(capsys.readouterr().out)
    assert blocked["holds"] == ["frozen until Monday"]
    assert blocked["next_step"] == "promoter deploy staging on Monday"
    assert blocked["files"][0]["commit"] == site.tip
    with pytest.raises(NotCleared, match=r"^deploy staging: frozen until Monday") as refused:
        cleared(site, "staging")
    assert refused.value.next_step == "promoter deploy staging on Monday"
    assert statuses(site, ["app"], None)[0].why == "frozen until Monday"
    request = ApprovalRequest("staging", "it is fine", commit=site.tip)
    assert propose(site, request).still_held == "frozen until Monday"
