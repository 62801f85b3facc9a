"""`plan`, `why` and `approve` as commands: JSON for programs, reading without fetching."""

from __future__ import annotations

import json

import pytest

from promoter.site.site import Site
from tests.command_line import promoter
from tests.site.repository import deployed, push, site

__all__ = ["site"]


@pytest.fixture
def after_qa(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """QA is deployed, production waits for its gate; the commands run in the clone."""
    monkeypatch.chdir(site.git.dir)
    return deployed(site, "qa")


def test_plan_has_a_row_per_environment(after_qa: Site) -> None:
    rows = json.loads(promoter("plan", "--json").stdout)["environments"]
    assert [(row["environment"], row["status"]) for row in rows] == [
        ("qa", "up to date"),
        ("production", "blocked"),
    ]


def test_plan_without_fetching_shows_what_was_fetched_last(after_qa: Site) -> None:
    after_qa.git.text("remote", "set-url", "origin", "/nowhere.git")
    assert promoter("plan").code == 1
    shown = promoter("plan", "--no-fetch").stdout
    assert "production (app): blocked" in shown
    assert "next: promoter approve production" in shown


def test_why_lists_every_file(after_qa: Site) -> None:
    row = json.loads(promoter("why", "production", "--json").stdout)
    assert {file["path"] for file in row["files"]} == {"shared/a", "production/c"}
    assert "  added   production/c  [" in promoter("why", "production").stdout


def test_approve_prints_the_proposal_and_the_approval_as_json(after_qa: Site) -> None:
    command = ("approve", "production", "--reason", "fine", "--yes", "--json")
    document = json.loads(promoter(*command).stdout)
    assert document["proposal"]["kind"] == "commit"
    assert {file["path"] for file in document["proposal"]["changes"]} == {
        "shared/a",
        "production/c",
    }
    assert document["approval"]["reason"] == "fine"


def test_approve_does_nothing_without_a_yes(after_qa: Site) -> None:
    promoter("approve", "production", "--reason", "fine", stdin="n\n")
    assert after_qa.fetched().gates_tip == after_qa.gates_tip


def test_plan_is_restricted_to_names(after_qa: Site) -> None:
    rows = json.loads(promoter("plan", "production", "--json").stdout)["environments"]
    assert [row["environment"] for row in rows] == ["production"]
    assert len(json.loads(promoter("plan", "app", "--json").stdout)["environments"]) == 2
    done = promoter("plan", "nowhere")
    assert done.code == 64
    assert "plan nowhere: unknown deployment or environment" in done.stderr
    assert "next:  known: app, qa, production" in done.stderr


def test_a_deployment_without_gates_does_not_hide_the_others(after_qa: Site) -> None:
    other = b"deployment: other\nenvironments:\n  other-qa:\n    latest: [shared/*]\n"
    after_qa.git.text("merge", "-q", "--ff-only", after_qa.tip)
    push(after_qa.git, {"cepler/other.yml": other})
    done = promoter("plan")
    assert done.code == 1
    assert "other-qa (other): unreadable" in done.stdout
    assert "read other.yml on branch cepler-gates of origin: no such file" in done.stdout
    assert "qa (app): up to date" in done.stdout
    assert promoter("plan", "app").code == 0
