"""The bot's pull request on GitHub, with the rulesets and the workflow that are committed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import yaml
from github import Auth, Github

from dev.rulesets import CHARTS, apply, rulesets
from promoter.common.errors import NotCleared, UsageError
from promoter.common.progress import Silent
from promoter.forge.app import installation_token
from promoter.forge.forge import (
    BOT_LOGIN,
    Conclusion,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    NewPullRequest,
    PullRequest,
    PullRequestState,
    StatusCheck,
)
from promoter.forge.github import GitHubForge
from promoter.forge.local import LocalForge
from promoter.release.automerge import AutoMerge, automerge, unsuccessful_checks
from promoter.release.chart import bump_chart
from tests.concourse.test_workflows import BIN, document, evaluated
from tests.forge import github_server
from tests.forge.conftest import QUICK, bare, github, local, server
from tests.forge.github_rules import Token, of_workflow
from tests.forge.github_server import NAME, InstalledApp, Server

from .sandbox import Sandbox, copy_sandbox
from .test_chart import released_once

__all__ = ["bare", "github", "local", "released_once", "server"]

WORKFLOW = CHARTS / ".github" / "workflows" / "bot-automerge-lana.yml"
# What docs/pipelines.md says that the app needs.
PERMISSIONS = {
    "contents": "write",
    "pull_requests": "write",
    "checks": "read",
    "statuses": "read",
    "metadata": "read",
}


@dataclass(frozen=True)
class Hosted:
    """The charts repository on GitHub, with the bot's pull request and the app's key."""

    sandbox: Sandbox
    server: Server
    api: str
    key: str
    pull: PullRequest

    def automerge(self, reported: Reported | None = None, wait: float = 20.0) -> PullRequest:
        """Merge as the app does."""
        forge = GitHubForge(NAME, installation_token(NAME, "4242", self.key, self.api), self.api)
        charts = replace(self.sandbox.charts, forge=replace(forge, limits=QUICK))
        rule = AutoMerge(source=str(self.sandbox.git.dir), wait=wait, pause=0)
        return automerge(charts, self.pull.number, rule, reported)

    def check(self, name: str, conclusion: str | None) -> None:
        """Set a check run of the pull request's head."""
        self.server.run_check(self.pull.head_commit, name, conclusion)

    @property
    def merged(self) -> bool:
        """True once it is merged."""
        found = self.sandbox.charts.forge.pull_request(self.pull.number)
        return found.state is PullRequestState.MERGED


@dataclass
class Reported:
    """A receiver of progress that calls ``then`` after each line."""

    then: Callable[[], None]
    lines: list[str] = field(default_factory=list)

    @contextmanager
    def task(self, description: str, **_: str) -> Iterator[Callable[[str], None]]:
        def report(line: str) -> None:
            self.lines.append(f"{description}: {line}")
            self.then()

        yield report

    def note(self, line: str) -> None:
        raise AssertionError(line)


def administrator(api: str) -> Github:
    """GitHub's client with every right."""
    token = Auth.Token("a-token")
    return Github(auth=token, base_url=api, lazy=True, seconds_between_writes=0)


@pytest.fixture
def hosted(released_once: Sandbox, tmp_path: Path) -> Iterator[Hosted]:
    sandbox = copy_sandbox(released_once, tmp_path)
    pull = bump_chart(sandbox.application, sandbox.charts)
    forge = sandbox.charts.forge
    assert isinstance(forge, LocalForge)
    pem, public = github_server.key_pair()
    with github_server.serving(forge) as (server, api):
        server.app = InstalledApp(4242, BOT_LOGIN.removesuffix("[bot]"), public, PERMISSIONS)
        client = administrator(api)
        assert len(list(apply(client, NAME, rulesets(CHARTS)))) == len(server.rulesets) == 2
        yield Hosted(sandbox, server, api, pem, pull)


@pytest.fixture
def opened(server: tuple[Server, str], github: GitHubForge) -> PullRequest:
    """A pull request for a branch with the committed checks of the charts."""
    checked = [each for each in rulesets(CHARTS) if each["name"] == "main"]
    assert len(list(apply(administrator(server[1]), NAME, checked))) == 1
    return github.open_pull_request(
        NewPullRequest(head="topic", base="main", title="docs: a", body="")
    )


def test_a_required_check_has_to_report(github: GitHubForge, opened: PullRequest) -> None:
    found = unsuccessful_checks(github, opened, AutoMerge(wait=0), Silent())
    assert found == ["required check chart did not report"]


def test_a_check_run_has_to_succeed(
    server: tuple[Server, str], github: GitHubForge, opened: PullRequest
) -> None:
    for name in ("chart", "another"):
        server[0].run_check(opened.head_commit, name, "success")
    assert unsuccessful_checks(github, opened, AutoMerge(wait=0), Silent()) == []
    server[0].run_check(opened.head_commit, "another", "failure")
    found = unsuccessful_checks(github, opened, AutoMerge(wait=0), Silent())
    assert found == ["check another is failure"]


def test_it_waits_for_the_checks_that_the_branch_requires(hosted: Hosted) -> None:
    # The check that merges runs as well: it must not wait for itself.
    hosted.check("bot-automerge-lana", None)
    steps = iter([lambda: hosted.check("chart", None), lambda: hosted.check("chart", "success")])
    reported = Reported(lambda: next(steps)())
    assert hosted.automerge(reported).state is PullRequestState.MERGED
    assert [line.partition(": ")[2] for line in reported.lines] == [
        "required check chart did not report",
        "check chart is pending",
    ]


def test_a_required_check_that_never_reports_is_named(hosted: Hosted) -> None:
    with pytest.raises(NotCleared, match="required check chart did not report"):
        hosted.automerge(wait=0)
    assert not hosted.merged


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "action_required"])
def test_a_check_that_did_not_succeed_ends_the_wait(hosted: Hosted, conclusion: str) -> None:
    hosted.check("chart", conclusion)
    with pytest.raises(NotCleared, match="check chart is failure"):
        hosted.automerge(Reported(pytest.fail))
    assert not hosted.merged


def test_a_status_and_a_check_run_of_one_name_both_count(hosted: Hosted) -> None:
    hosted.check("chart", "success")
    forge = hosted.sandbox.charts.forge
    forge.set_check(hosted.pull.head_commit, StatusCheck("chart", Conclusion.FAILURE))
    with pytest.raises(NotCleared, match="check chart is failure"):
        hosted.automerge()


def test_the_app_merges_without_a_review_but_not_without_the_checks(hosted: Hosted) -> None:
    token = installation_token(NAME, "4242", hosted.key, hosted.api)
    number, head = hosted.pull.number, hosted.pull.head_commit
    with pytest.raises(ForgeConflict, match='status check "chart" is expected') as raised:
        GitHubForge(NAME, token, hosted.api, QUICK).merge_pull_request(number, head_commit=head)
    assert "approving review" not in str(raised.value)
    hosted.check("chart", "skipped")
    hosted.server.tokens["workflow"] = of_workflow({"contents": "write", "pull-requests": "write"})
    other = GitHubForge(NAME, "workflow", hosted.api, QUICK)
    with pytest.raises(ForgeConflict, match="At least 1 approving review is required") as raised:
        other.merge_pull_request(number, head_commit=head)
    assert "which rules the bot's app bypasses" in raised.value.next_step
    assert not hosted.merged
    assert hosted.automerge().state is PullRequestState.MERGED


@pytest.mark.parametrize("missing", sorted(set(PERMISSIONS) - {"metadata"}))
def test_each_permission_of_the_app_is_needed(hosted: Hosted, missing: str) -> None:
    hosted.check("chart", "success")
    assert hosted.server.app
    weaker = {**PERMISSIONS, missing: "read" if missing == "contents" else "none"}
    hosted.server.app = replace(hosted.server.app, permissions=weaker)
    with pytest.raises(ForgeError, match="not accessible by integration") as raised:
        hosted.automerge()
    assert f"give the token {missing}=" in raised.value.next_step
    assert not hosted.merged


def test_the_workflow_merges_with_what_its_runner_has(hosted: Hosted, tmp_path: Path) -> None:
    """Its last step in bash, with its own variables and token, in a clone of the repository."""
    hosted.check("chart", "success")
    (job,) = document(WORKFLOW)["jobs"].values()
    hosted.server.tokens = {"workflow": of_workflow(job["permissions"])}
    charts = hosted.sandbox.charts.git
    shutil.copytree(CHARTS / "ci", charts.dir / "ci")
    charts.text("remote", "set-url", "origin", f"git@github.com:{NAME}.git")
    home = tmp_path / "home"
    home.mkdir()
    released = f'[url "{hosted.sandbox.git.dir}"]\n  insteadOf = {AutoMerge.source}\n'
    (home / ".gitconfig").write_text(released)
    settings = {
        "vars.GALOYBOT_APP_ID": "4242",
        "secrets.GALOYBOT_APP_KEY": hosted.key,
        "github.event.pull_request.number": str(hosted.pull.number),
        "github.token": "workflow",
    }
    step = job["steps"][-1]
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=charts.dir,
        env={
            **{name: evaluated(value, settings) for name, value in step["env"].items()},
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "HOME": str(home),
            "GITHUB_API_URL": hosted.api,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert hosted.merged, done.stderr
    assert "PRIVATE KEY" not in done.stdout + done.stderr


def test_a_wrong_key_or_an_app_that_is_not_installed_is_one_error(hosted: Hosted) -> None:
    with pytest.raises(UsageError, match="get a token of app 4242 for") as raised:
        installation_token(NAME, "4242", "not a key", hosted.api)
    assert "private key of the app" in raised.value.next_step
    with pytest.raises(ForgeError, match="could not be decoded"):
        installation_token(NAME, "17", hosted.key, hosted.api)
    with pytest.raises(ForgeMissing) as absent:
        installation_token("GaloyMoney/other", "4242", hosted.key, hosted.api)
    assert absent.value.next_step == "install the app in GaloyMoney/other"


def test_an_administrator_sets_the_rulesets_and_nobody_else(hosted: Hosted) -> None:
    before = [dict(each) for each in hosted.server.rulesets]
    client = administrator(hosted.api)
    assert list(apply(client, NAME, rulesets(CHARTS))) == [
        f"{NAME}: replaced ruleset main",
        f"{NAME}: replaced ruleset main-reviews",
    ]
    assert hosted.server.rulesets == before
    (actor,) = (a for r in before for a in r["bypass_actors"] if a["actor_type"] == "Integration")
    assert actor == {"actor_id": 4242, "actor_type": "Integration", "bypass_mode": "pull_request"}
    hosted.server.tokens["a-token"] = Token(permissions={"contents": "write"})
    with pytest.raises(Exception, match="not accessible by integration"):
        list(apply(client, NAME, rulesets(CHARTS)))


def test_the_workflow_has_time_for_its_wait() -> None:
    (job,) = document(WORKFLOW)["jobs"].values()
    assert job["timeout-minutes"] * 60 > AutoMerge().wait + 300
    assert job["name"] == AutoMerge().check
    assert (
        yaml.safe_load((CHARTS / ".github/workflows/chart.yml").read_text())["jobs"]["chart"][
            "timeout-minutes"
        ]
        * 60
        <= AutoMerge().wait
    )
