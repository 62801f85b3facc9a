"""ci/tasks/preview on a pull request that vendors another commit of the chart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dev.scene import GITHUB
from promoter.gate.config import read_config
from promoter.git import Git
from promoter.release.upstream import export
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import default_cache
from promoter.vendoring import sync
from tests.concourse.test_pipelines import ROOT
from tests.concourse.worker import Worker

REF = re.compile(r"(?m)^( *ref: )[0-9a-f]{40}$")


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    (tmp_path / "worker").mkdir()
    return Worker(tmp_path / "worker", outside=[tmp_path / "remotes"])


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """This repository as a runner checks it out, with its remotes below ``tmp_path``."""
    # Made before: in the task the cache is read-only.
    toolchain = Toolchain(ROOT)
    toolchain.stacks_python()
    toolchain.program("helm")
    remotes = tmp_path / "remotes"
    config = tmp_path / "gitconfig"
    settings = {f"url.{remotes}/.insteadOf": f"{GITHUB}/", "user.name": "d", "user.email": "d@l"}
    for name, value in settings.items():
        Git(tmp_path).text("config", "--file", str(config), name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    export(ROOT / "upstream" / "galoy-private-charts", remotes / "galoy-private-charts.git")
    export(ROOT, remotes / "galoy-deployments.git")
    origin = Git(remotes / "galoy-deployments.git")
    files = {path.name: gates(path).encode() for path in (ROOT / "cepler").glob("*.yml")}
    opened = origin.commit_files(None, files, "chore: every gate is open")
    origin.text("update-ref", "refs/heads/cepler-gates", opened)
    Git(tmp_path).text("clone", "--quiet", f"{GITHUB}/galoy-deployments.git", "checkout")
    return Git(tmp_path / "checkout")


def gates(path: Path) -> str:
    config = read_config(path.read_bytes(), path.name)
    return "".join(f"{name}: HEAD\n" for name in config.environments)


def vendor(checkout: Git, ref: str) -> str:
    """Vendor commit ``ref`` of the charts in one commit; return that commit."""
    file = checkout.dir / "vendir.yml"
    file.write_text(REF.sub(rf"\g<1>{ref}", file.read_text()))
    sync(checkout.dir)
    checkout.text("add", "--all")
    checkout.text("commit", "--quiet", "--allow-empty", "-m", "chore: vendor")
    return checkout.commit("HEAD") or ""


def preview(worker: Worker, checkout: Git, base: str) -> tuple[int, str]:
    where = checkout.dir
    variables = {
        "GIT_CONFIG_GLOBAL": str(where.parent / "gitconfig"),
        # What the stacks are built with is there already.
        "XDG_CACHE_HOME": str(default_cache().parent),
    }
    done = worker.isolated([str(where / "ci/tasks/preview"), base], where, variables, [where])
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_it_shows_the_changes_and_the_plan(worker: Worker, checkout: Git, tmp_path: Path) -> None:
    charts = Git(tmp_path / "remotes" / "galoy-private-charts.git")
    # Of the others some images' digests are for the team to give, and preview says so.
    checkout.text("rm", "--quiet", "-r", "stacks/gcp", "stacks/azure", "cepler/lana-bank.yml")
    before = charts.commit("main") or ""
    base = vendor(checkout, before)
    checkout.text("push", "--quiet", "origin", "HEAD:main")
    more = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: greeting}\ndata: {say: hello}\n"
    made = charts.commit_files(
        before, {"charts/lana-bank/templates/greeting.yaml": more}, "feat: a greeting"
    )
    charts.text("update-ref", "refs/heads/main", made)
    vendor(checkout, made)

    code, said = preview(worker, checkout, base)
    assert code == 0, said
    assert "feat: a greeting" in said
    assert said.count("say: hello") == 3, said
    assert "### Plan" in said
    assert "local-staging" in said.partition("### Plan")[2]
    assert checkout.text("worktree", "list", "--porcelain").count("worktree ") == 1
    assert checkout.lines("remote") == ["origin"]


def test_a_missing_chart_is_an_error_in_the_comment(
    worker: Worker, checkout: Git, tmp_path: Path
) -> None:
    base = checkout.commit("HEAD") or ""
    file = checkout.dir / "vendir.yml"
    file.write_text(REF.sub(rf"\g<1>{'f' * 40}", file.read_text()))
    checkout.text("commit", "--quiet", "--all", "-m", "chore: vendor")
    code, said = preview(worker, checkout, base)
    assert code == 1
    assert "f" * 12 in said
    assert "### Plan" in said
    assert checkout.lines("remote") == ["origin"]
