"""The forge shows deploys, and never decides about one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError, UsageError
from promoter.common.progress import Silent
from promoter.deploy.report import Reporter
from promoter.forge.forge import DeploymentReport, DeploymentState, Forge
from promoter.forge.github import GitHubForge
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.site.site import Site
from tests.forge import github_server
from tests.forge.conftest import QUICK, bare
from tests.forge.github_rules import of_workflow
from tests.site.repository import deployed, site

__all__ = ["bare", "site"]
PRODUCTION = "gcp-volcano-production"


class Notes(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def server(bare: Git) -> Iterator[tuple[github_server.Server, str]]:
    with github_server.serving(LocalForge(bare)) as started:
        yield started


@pytest.fixture
def github(server: tuple[github_server.Server, str]) -> GitHubForge:
    server[0].tokens["app"] = of_workflow({"deployments": "write", "contents": "read"})
    return GitHubForge(github_server.NAME, "app", server[1], QUICK)


def shown(bare: Git) -> list[tuple[str, str]]:
    found = LocalForge(bare).deployments(PRODUCTION)
    return [(str(each.state), each.description) for each in found]


def test_a_deploy_is_shown_from_its_start_to_its_end(bare: Git, github: GitHubForge) -> None:
    commit, notes = bare.commit("refs/heads/main") or "", Notes()
    reporter = Reporter(lambda: github, notes)
    with reporter.deploying(PRODUCTION, commit):
        assert [state for state, _ in shown(bare)] == ["in_progress"]
    with pytest.raises(PromoterError), reporter.deploying(PRODUCTION, commit):
        raise PromoterError("apply: " + "x" * 200)
    states = [state for state, _ in shown(bare)]
    assert states == ["failure", "in_progress", "success", "in_progress"]
    assert len(shown(bare)[0][1]) == 140
    assert notes.lines == []


def test_an_equal_report_is_not_repeated(bare: Git, github: GitHubForge) -> None:
    commit = bare.commit("refs/heads/main") or ""
    report = DeploymentReport(PRODUCTION, commit, DeploymentState.QUEUED, "waiting for votes")
    for _ in range(2):
        github.report_deployment(report)
    assert shown(bare) == [("queued", "waiting for votes")]


@pytest.mark.parametrize("cause", ["permissions", "outage", "no token"])
def test_a_forge_that_refuses_is_a_note_and_the_deploy_goes_on(
    bare: Git, github: GitHubForge, server: tuple[github_server.Server, str], cause: str
) -> None:
    commit, notes = bare.commit("refs/heads/main") or "", Notes()

    def forge() -> Forge:
        if cause == "no token":
            raise UsageError("open it: no token", next_step="set GH_TOKEN")
        return github

    if cause == "permissions":
        server[0].tokens["app"] = of_workflow({"deployments": "read", "contents": "read"})
    if cause == "outage":
        server[0].fail("deployments", *[github_server.BAD_GATEWAY] * 30)
    went = []
    with Reporter(forge, notes).deploying(PRODUCTION, commit):
        went.append(cause)
    assert went == [cause]
    assert len(notes.lines) == 2
    assert all(f"{PRODUCTION}: not shown by the forge" in line for line in notes.lines)
    assert shown(bare) == []


def test_an_error_of_the_deploy_is_not_replaced(bare: Git, tmp_path: Path) -> None:
    def forge() -> Forge:
        raise UsageError("open it: no token", next_step="set GH_TOKEN")

    with (
        pytest.raises(KeyboardInterrupt),
        Reporter(forge, Notes()).deploying(PRODUCTION, "a" * 40),
    ):
        raise KeyboardInterrupt


def test_what_only_its_gate_holds_back_waits_for_votes(site: Site, bare: Git) -> None:
    moved = deployed(site, "qa")
    forge = LocalForge(bare)
    Reporter(lambda: forge, Notes()).waiting(moved, "qa")
    (report,) = forge.deployments("production")
    assert report.state is DeploymentState.QUEUED
    assert report.description.startswith("waiting for votes: held back by gate")
    assert report.commit == moved.tip
    assert forge.deployments("staging") == forge.deployments("qa") == ()


def test_a_site_that_cannot_be_fetched_is_a_note(site: Site, tmp_path: Path) -> None:
    site.git.text("remote", "set-url", site.remote, str(tmp_path / "gone"))
    notes = Notes()
    Reporter(lambda: pytest.fail("asked"), notes).waiting(site, "qa")
    (line,) = notes.lines
    assert "qa: what waits after it is not shown" in line


def test_no_secret_of_an_error_is_shown(bare: Git, github: GitHubForge) -> None:
    reporter = Reporter(lambda: github, Notes())
    with (
        pytest.raises(PromoterError),
        reporter.deploying(PRODUCTION, bare.commit("refs/heads/main") or ""),
    ):
        raise PromoterError("apply: GET https://user:hunter2@registry.example/v2 failed")
    assert not any("hunter2" in text for _, text in shown(bare))
