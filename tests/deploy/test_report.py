"""The forge shows deploys, and never decides about one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError, UsageError
from promoter.deploy.report import Reporter, reporter_of
from promoter.forge.forge import DeploymentReport, DeploymentState, Forge
from promoter.forge.github import GitHubForge
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.site.site import Site
from tests.forge import github_server
from tests.forge.conftest import QUICK, bare
from tests.forge.github_rules import of_workflow
from tests.progress import Notes
from tests.site.repository import CONFIG, deployed, push, site

__all__ = ["bare", "site"]
PRODUCTION = "gcp-volcano-production"


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


def test_a_destroy_ends_the_deployment_of_what_was_there(bare: Git, github: GitHubForge) -> None:
    commit = bare.commit("refs/heads/main") or ""
    reporter = Reporter(lambda: github, Notes())
    with reporter.deploying(PRODUCTION, commit):
        pass
    with pytest.raises(PromoterError), reporter.destroying(PRODUCTION, commit):
        raise PromoterError("destroy: 1 resources are left")
    with reporter.destroying(PRODUCTION, commit):
        assert shown(bare)[0] == ("in_progress", "promoter destroys")
    states = [state for state, _ in shown(bare)]
    assert states[:4] == ["inactive", "in_progress", "failure", "in_progress"]
    assert shown(bare)[0] == ("inactive", "destroyed")


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
    recorded = moved.deployment("qa").recorded("qa")
    assert recorded is not None
    assert report.commit == recorded.current.head_commit != moved.tip
    assert forge.deployments("staging") == forge.deployments("qa") == ()


def test_only_what_follows_the_environment_waits_after_its_deploy(site: Site, bare: Git) -> None:
    config = f"{CONFIG}  beside:\n    passed: qa\n    propagated: [shared/*]\n"
    first = push(site.git, {"cepler/app.yml": config.encode()})
    gates = f"qa: HEAD\nproduction: {first}\nbeside: {first}\n".encode()
    made = site.git.commit_files(site.gates_tip, {"app.yml": gates}, "chore: gates")
    site.git.push("origin", made, "refs/heads/cepler-gates", expect=site.gates_tip)
    moved, forge = deployed(site, "qa"), LocalForge(bare)
    reporter = Reporter(lambda: forge, Notes())
    reporter.waiting(moved, "production")
    assert forge.deployments("production") == forge.deployments("beside") == ()
    reporter.waiting(moved, "qa")
    assert [each.environment for each in forge.deployments("beside")] == ["beside"]


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


@pytest.mark.parametrize(
    ("address", "shown"),
    [("git@github.com:GaloyMoney/galoy-deployments.git", True), ("", False)],
    ids=["on GitHub", "in a folder"],
)
def test_every_deploy_of_a_repository_on_github_is_reported(
    site: Site, address: str, shown: bool
) -> None:
    if address:
        site.git.text("remote", "set-url", site.remote, address)
    assert bool(reporter_of(site, Notes())) == shown
    assert reporter_of(site, Notes(), required=True)
    assert reporter_of(site, Notes(), required=False) is None


def test_without_a_token_a_deploy_on_github_is_a_note(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GH_APP_ID"):
        monkeypatch.delenv(name, raising=False)
    site.git.text("remote", "set-url", site.remote, "git@github.com:GaloyMoney/x.git")
    notes = Notes()
    reporter = reporter_of(site, notes)
    assert reporter
    with reporter.deploying("qa", "a" * 40):
        pass
    assert len(notes.lines) == 2
    assert all("qa: not shown by the forge" in line for line in notes.lines)
