"""Every job of every workflow of the three repositories runs in a workflow engine.

The pull request's title, branch and a label are shell and expression code; a job that reads them
as code leaves a file. A job that cannot run to its end here stops at the step that `jobs.yml`
names, and is shown as skipped with the reason, never as passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.reference_programs import COG
from promoter.forge.forge import NewPullRequest
from promoter.forge.local import LocalForge
from promoter.gate.config import read_config
from promoter.git import Git
from promoter.programs.registry import Registry
from promoter.toolchain import Toolchain
from tests import docker_engine
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import NAMES, REPOSITORIES, document
from tests.forge import github_server
from tests.images.built import shared_images, skip_reason
from tests.release.conftest import serving
from tests.release.test_automerge import PERMISSIONS

from .nix import cargo_target
from .pull_request import NUMBER, PullRequestEvent, PushEvent, opened, pushed, repository
from .runner import Containers, Job, Outcome, Runner

FOLDERS = {
    name: str(path.relative_to(ROOT)) for name, path in zip(NAMES, REPOSITORIES, strict=True)
}
PLANS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "jobs.yml").read_text())
JOBS = [Job(name, FOLDERS[name], *job.split("/")) for name, jobs in PLANS.items() for job in jobs]
pytestmark = pytest.mark.workflows


@pytest.fixture(scope="module")
def key() -> tuple[str, bytes]:
    """The private key of the app, and its public half."""
    return github_server.key_pair()


@pytest.fixture(scope="module")
def containers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """A Docker engine, and a registry with our task image."""
    if reason := skip_reason() or docker_engine.skip_reason():
        pytest.skip(reason)
    (image,) = (each for each in shared_images(tmp_path_factory) if each.name == "promoter")
    crane = Toolchain(ROOT).program("crane")
    folder = tmp_path_factory.mktemp("docker")
    with serving(crane) as address, docker_engine.engine(folder) as engine:
        registry = Registry(f"{address}/galoyorg", crane)
        registry.push(image.name, image.content, [image.tag])
        yield Containers(engine, registry.address, image.digest)


@contextmanager
def runner_of(
    job: Job, folder: Path, key: tuple[str, bytes], request: pytest.FixtureRequest
) -> Iterator[tuple[Runner, Git]]:
    """Yield a runner for ``job`` and the repository, which GitHub serves."""
    containers = None
    if "container" in job.declared:
        containers = request.getfixturevalue("containers")
    changed: dict[str, bytes | None] = dict.fromkeys(plan_of(job).get("without", {}))
    if str(job) == "galoy-deployments/ci/ci":
        changed[".ci/run"] = b"echo the tests are not run from a test\n"
    remotes = folder / "remotes"
    bare = repository(job.repository, job.folder, remotes, changed)
    if job.repository == "galoy-deployments":
        open_gates(bare)
        repository("galoy-private-charts", FOLDERS["galoy-private-charts"], remotes, {})
    with github_server.serving(LocalForge(bare), f"GaloyMoney/{job.repository}") as (server, api):
        server.app = github_server.InstalledApp(4242, "galoybot-app", key[1], PERMISSIONS)
        values = {"GALOYBOT_APP_ID": "4242", "GALOYBOT_APP_KEY": key[0]}
        if job.workflow == "cocogitto":
            values["COG"] = str(COG.built())
        if containers:
            values["PROMOTER_IMAGE_DIGEST"] = containers.digest
        yield Runner(folder, server, api, values, containers), bare


def open_gates(bare: Git) -> None:
    """Create the branch of the gates, all of them open."""
    files = {}
    for path in bare.lines("ls-tree", "--name-only", "main", "cepler/"):
        if path.endswith(".yml") and not path.endswith(".rules.yml"):
            config = read_config(bare.file("main", path) or b"", path)
            files[Path(path).name] = "".join(f"{n}: HEAD\n" for n in config.environments).encode()
    made = bare.commit_files(None, files, "chore: every gate is open")
    bare.text("update-ref", "refs/heads/cepler-gates", made)


def plan_of(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = PLANS[job.repository][f"{job.workflow}/{job.name}"]
    return found


def open_pull_request(bare: Git, job: Job, mark: Path) -> PullRequestEvent:
    """Open the pull request of the plan, on GitHub as well."""
    plan = plan_of(job)
    changes = {path: (bare.file("main", path) or b"") + b"\n" for path in plan["changes"]}
    event = opened(bare, job.repository, changes, mark, tuple(plan.get("labels", ())))
    proposal = NewPullRequest(event.title, "", event.branch, labels=frozenset(event.labels))
    assert LocalForge(bare).open_pull_request(proposal).number == NUMBER
    return event


def judge(job: Job, outcome: Outcome) -> None:
    """Fail unless the job passed, or stopped where the plan says that it has to; then skip."""
    stops = plan_of(job).get("stops")
    if outcome.exit_code == 0 and not outcome.failed:
        assert outcome.steps, outcome.log
        return
    assert stops, f"failed: {outcome.failed}\n{outcome.log[-6000:]}"
    assert outcome.failed[:1] == [stops["step"]], outcome.log[-6000:]
    printed = outcome.printed.get(stops["step"], "")
    assert re.search(stops["says"], printed), outcome.log[-6000:]
    pytest.skip(f"{job} stops at {stops['step']!r}: {stops['because']}")


def _grouped(job: Job) -> Any:
    """Let one worker run the jobs in containers, and the others spread."""
    group = "containers" if "container" in job.declared else str(job)
    return pytest.param(job, id=str(job), marks=pytest.mark.xdist_group(group))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("job", [_grouped(job) for job in JOBS])
def test_a_job_runs(
    job: Job, tmp_path: Path, key: tuple[str, bytes], request: pytest.FixtureRequest
) -> None:
    mark = tmp_path / "pwned"
    with runner_of(job, tmp_path, key, request) as (runner, bare):
        event = open_pull_request(bare, job, mark)
        with cargo_target() if job.workflow in ("bats", "nextest") else nullcontext():
            outcome = runner.run(job, event)
        comments = list(runner.server.comments)
    assert not mark.exists(), outcome.log
    if job.declared["permissions"].get("pull-requests") == "write":
        assert comments, outcome.log[-6000:]
    judge(job, outcome)


PUSHED = [job for job in JOBS if "push" in document(job.file)["on"]]


def push(bare: Git, job: Job, *paths: str) -> PushEvent:
    """Push a commit that adds a line to each of ``paths``."""
    changes = {path: (bare.file("main", path) or b"") + b"\n" for path in paths}
    return pushed(bare, job.repository, changes)


@pytest.mark.parametrize("job", PUSHED, ids=str)
def test_a_job_runs_for_a_push(
    job: Job, tmp_path: Path, key: tuple[str, bytes], request: pytest.FixtureRequest
) -> None:
    with runner_of(job, tmp_path, key, request) as (runner, bare):
        outcome = runner.run(job, push(bare, job, *plan_of(job)["pushes"]))
    assert outcome.exit_code == 0, outcome.log
    assert outcome.steps[job.declared["steps"][-1]["name"]] == "success", outcome.log


def test_a_push_past_the_pull_requests_fails_the_gate(
    tmp_path: Path, key: tuple[str, bytes], request: pytest.FixtureRequest
) -> None:
    (job,) = (each for each in PUSHED if each.name == "gate")
    with runner_of(job, tmp_path, key, request) as (runner, bare):
        outcome = runner.run(job, push(bare, job, "promoter/__init__.py"))
    assert outcome.failed == ["Lint what was pushed"], outcome.log
    said = outcome.printed["Lint what was pushed"]
    assert "was pushed without a pull request: promoter/__init__.py" in said


def test_every_job_has_a_plan() -> None:
    declared = {
        f"{name}/{file.stem}/{job}"
        for name, folder in FOLDERS.items()
        for file in (ROOT / folder / ".github" / "workflows").glob("*.yml")
        for job in document(file)["jobs"]
    }
    assert {str(job) for job in JOBS} == declared


@pytest.mark.parametrize(
    "expression",
    [
        "${{ github.event.pull_request.title }}",
        "${{ github.head_ref }}",
        "${{ join(github.event.pull_request.labels.*.name) }}",
    ],
)
def test_a_script_with_other_peoples_words_is_found(
    expression: str, tmp_path: Path, key: tuple[str, bytes], request: pytest.FixtureRequest
) -> None:
    job = next(each for each in JOBS if each.workflow == "spelling")
    found = yaml.safe_load(job.file.read_text())
    found["jobs"][job.name]["steps"] = [{"name": "Greet", "run": f'echo "{expression}"'}]
    mark = tmp_path / "pwned"
    with runner_of(job, tmp_path, key, request) as (runner, bare):
        event = open_pull_request(bare, job, mark)
        outcome = runner.run(job, event, yaml.safe_dump(found))
    assert mark.exists(), outcome.log


@pytest.mark.xdist_group("containers")
def test_a_pull_request_without_the_labels_merges_nothing(
    tmp_path: Path,
    key: tuple[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    (job,) = (each for each in JOBS if each.workflow == "bot-automerge-lana")
    monkeypatch.setitem(plan_of(job), "labels", [])
    with runner_of(job, tmp_path, key, request) as (runner, bare):
        outcome = runner.run(job, open_pull_request(bare, job, tmp_path / "pwned"))
        assert runner.server.requests == []
    assert outcome.exit_code == 0, outcome.log
    assert outcome.steps == {}
