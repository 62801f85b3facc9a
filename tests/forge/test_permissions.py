"""A token does what its permissions allow, and each workflow's job has what its commands need."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.forge.forge import (
    Conclusion,
    ForgeBusy,
    ForgeError,
    NewPullRequest,
    Query,
    StatusCheck,
)
from promoter.forge.github import GitHubForge
from promoter.git import Git
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import BIN, WORKFLOWS, document, evaluated

from .conftest import QUICK
from .github_rules import Token, of_workflow
from .github_server import NAME, Server

TOKEN = "${{ github.token }}"


@dataclass(frozen=True)
class Command:
    """A step of a workflow's job that uses the job's own token."""

    file: Path
    permissions: dict[str, str]
    step: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file.parents[2].name}-{self.file.stem}"


COMMANDS = [
    Command(file, job["permissions"], step)
    for file in WORKFLOWS
    for job in document(file)["jobs"].values()
    for step in job["steps"]
    if TOKEN in step.get("env", {}).values()
]


def run(command: Command, folder: Path, api: str) -> subprocess.CompletedProcess[str]:
    """Run the step as a runner does: bash, its variables, and what an earlier step wrote."""
    for name in ("preview.md", "rules.md"):
        (folder / name).write_text("what changes\n")
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(ROOT / ".venv")
    settings = {"github.token": "of-the-job", "github.event.pull_request.number": "7"}
    variables = {name: evaluated(value, settings) for name, value in command.step["env"].items()}
    return subprocess.run(
        ["bash", "-e", "-c", command.step["run"]],
        cwd=folder,
        env={
            **variables,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(folder),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_API_URL": api,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_there_are_workflows_that_use_their_own_token() -> None:
    assert {str(each).rpartition("-")[2] for each in COMMANDS} == {"chart", "preview"}


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_a_job_has_the_permissions_that_its_command_needs_and_no_other_for_it(
    command: Command, server: tuple[Server, str], tmp_path: Path
) -> None:
    state, api = server
    folder = tmp_path / "checkout"
    folder.mkdir()
    state.tokens = {"of-the-job": of_workflow(command.permissions)}
    done = run(command, folder, api)
    assert done.returncode == 0, done.stderr
    (comment,) = state.comments
    assert "what changes" in comment
    for name in set(command.permissions) - {"contents"}:
        weaker = {**command.permissions, name: "read"}
        state.tokens = {"of-the-job": of_workflow(weaker)}
        done = run(command, folder, api)
        assert done.returncode == 1
        assert "Resource not accessible by integration" in done.stderr
        assert name.replace("-", "_") in done.stderr.partition("next:")[2]
        assert state.comments == [comment]
    shutil.rmtree(folder)


def test_a_token_that_github_does_not_know_is_refused(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].tokens = {}
    with pytest.raises(ForgeError, match=r"Bad credentials \(HTTP 401\)"):
        github.pull_requests(Query())


def test_drafts_are_hidden_from_those_who_may_not_push(
    bare: Git, github: GitHubForge, server: tuple[Server, str]
) -> None:
    commit = bare.commit("refs/heads/main")
    assert commit
    github.draft_release("1.0.0", commit, "v1.0.0", "")
    server[0].tokens["reader"] = Token(permissions={"contents": "read"})
    assert GitHubForge(NAME, "reader", server[1], QUICK).release("1.0.0") is None
    assert github.release("1.0.0")


def test_the_primary_limit_ends_the_work_at_once(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].left = 1
    assert github.pull_requests(Query()) == ()
    with pytest.raises(ForgeBusy, match="rate limit is used up"):
        github.pull_requests(Query())
    assert len(server[0].requests) == 2


def test_the_secondary_limit_is_waited_for_and_then_an_error(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    server[0].most_writes = 0
    with pytest.raises(ForgeBusy, match="rate limit is used up"):
        github.open_pull_request(NewPullRequest("ci: x", "", "topic"))
    assert len(server[0].requests) == 1 + QUICK.tries


def test_every_status_of_a_commit_is_read_and_the_newest_of_each_counts(
    bare: Git, github: GitHubForge, server: tuple[Server, str]
) -> None:
    commit = bare.commit("refs/heads/topic")
    assert commit
    for number in range(60):
        server[0].forge.set_check(commit, StatusCheck(f"check-{number:02}", Conclusion.SUCCESS))
    for number in range(60):
        server[0].run_check(commit, f"run-{number:02}", "neutral" if number else None)
    found = github.checks(commit)
    assert len(found) == 120
    assert [check.name for check in found if check.conclusion is not Conclusion.SUCCESS] == [
        "run-00"
    ]


def test_the_required_checks_are_those_of_every_active_ruleset(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    def ruleset(number: int, enforcement: str, *names: str) -> dict[str, Any]:
        contexts = {"required_status_checks": [{"context": name} for name in names]}
        return {
            "id": number,
            "enforcement": enforcement,
            "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
            "rules": [{"type": "required_status_checks", "parameters": contexts}],
        }

    server[0].rulesets = [
        ruleset(1, "active", "b", "a"),
        ruleset(2, "active", "c", "a"),
        ruleset(3, "evaluate", "d"),
    ]
    assert github.required_checks("main") == ("a", "b", "c")
    assert github.required_checks("a/branch") == ()
