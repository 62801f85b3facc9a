"""`plan`, `why` and `approve` as commands: JSON for programs, reading without fetching."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.site.site import Site
from promoter.toolchain import Toolchain
from tests.command_line import promoter
from tests.deploy.terminal import run_on_terminal
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


def test_deploy_is_refused_by_the_gate_before_the_cluster_is_looked_for(after_qa: Site) -> None:
    refused = promoter("deploy", "production", "--kubeconfig", "nowhere")
    assert (refused.code, "nowhere" in refused.stderr) == (3, False), refused.stderr


def test_approve_does_nothing_without_a_yes(after_qa: Site) -> None:
    promoter("approve", "production", "--reason", "fine", stdin="n\n")
    assert after_qa.fetched().gates_tip == after_qa.gates_tip


def test_plan_is_restricted_to_names(after_qa: Site) -> None:
    rows = json.loads(promoter("plan", "production", "--json").stdout)["environments"]
    assert [row["environment"] for row in rows] == ["production"]
    assert len(json.loads(promoter("plan", "app", "--json").stdout)["environments"]) == 2
    done = promoter("plan", "nowhere")
    assert done.code == 64
    assert "find nowhere: no such deployment or environment" in done.stderr
    assert "next:  one of: app, qa, production" in done.stderr


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


def break_parts(site: Site) -> None:
    """Cut production's record off, and add a deployment whose cepler file is not YAML."""
    state = "cepler/.cepler/app/production.state"
    site.git.text("merge", "-q", "--ff-only", site.tip)
    push(site.git, {state: b"current:\n  version: 1\n  head", "cepler/broken.yml": b"a: ["})


def test_a_record_and_a_cepler_file_that_cannot_be_read_hide_nothing(after_qa: Site) -> None:
    break_parts(after_qa)
    done = promoter("plan")
    assert done.code == 1
    assert "qa (app): up to date" in done.stdout
    assert "production (app): unreadable" in done.stdout
    assert "the file ends within a line, it is cut off" in done.stdout
    assert "broken: unreadable" in done.stdout
    assert promoter("plan", "qa").code == 0


def test_why_shows_the_reason_for_an_unreadable_environment(after_qa: Site) -> None:
    break_parts(after_qa)
    done = promoter("why", "production")
    assert (done.code, done.stderr) == (1, "")
    assert "production (app): unreadable" in done.stdout
    assert promoter("why", "qa").code == 0
    assert promoter("why", "app").code == 1  # not an environment; it may be broken.yml's


def test_status_and_trace_show_every_readable_environment(
    after_qa: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "qa.kubeconfig").write_text("{}")
    program = Path("/bin/false")
    monkeypatch.setattr(Toolchain, "program", lambda self, name: program)
    monkeypatch.setattr(Toolchain, "programs", lambda self, names: dict.fromkeys(names, program))
    break_parts(after_qa)
    done = promoter("status", "--json", f"--kubeconfig={tmp_path}")
    rows = {row["name"]: row for row in json.loads(done.stdout)["environments"]}
    assert done.code == 1
    assert {name: row["status"] for name, row in rows.items()} == {
        "qa": "deployed",
        "production": "unreadable",
        "": "unreadable",
    }
    assert "cut off" in rows["production"]["problem"]
    assert rows[""]["deployment"] == "broken"
    traced = promoter("trace", "app", "broken", "--no-cluster")
    assert traced.code == 1
    assert "environment: qa" in traced.stdout
    assert "environment: production\n  broken: read cepler/.cepler/app" in traced.stdout
    assert "environment: broken\n  broken: read cepler/broken.yml" in traced.stdout


def test_titles_file_names_and_approvers_cannot_change_what_is_shown(site: Site) -> None:
    """Each command in a process of its own, which is what a terminal sees."""
    hostile = "\x1b[1A\x1b[2K\u202ex"
    change = site.git.commit_files(
        site.git.commit("HEAD"), {f"shared/{hostile}": b"x"}, f"feat: {hostile}"
    )
    site.git.text("push", "-q", "origin", f"{change}:main")
    qa = deployed(site, "qa")
    site.git.text("config", "user.name", f"[bold]Ann{hostile}")
    reason = ("--reason", hostile, "--yes")
    for command, shown in (
        (("why", "production"), "shared/?[1A?[2K?x"),
        (("approve", "production", *reason), "feat: ?[1A?[2K?x"),
        (("status", "production"), "unverified:"),
    ):
        if command[0] == "status":
            deployed(Site.of(qa.git.dir), "production")
        done = subprocess.run(
            [sys.executable, "-m", "promoter", *command],
            cwd=qa.git.dir,
            capture_output=True,
            text=True,
            check=False,
        )
        assert shown in done.stdout, (command, done.stdout, done.stderr)
        assert not set("\x1b\u202e") & set(done.stdout + done.stderr), command


@pytest.mark.parametrize("answer", [b"n\r", b"\r"])
def test_answering_n_is_declined_and_approves_nothing(site: Site, answer: bytes) -> None:
    qa = deployed(site, "qa")
    command = (sys.executable, "-m", "promoter", "approve", "production", "--reason", "x")
    done = run_on_terminal(command, qa.git.dir, os.environ, "[y/N]", answer)
    assert done.code == 1, done.output
    assert "declined, nothing was changed" in done.output
    assert "interrupted" not in done.output
    assert qa.git.remote_ref("origin", "refs/heads/cepler-gates") == site.gates_tip
