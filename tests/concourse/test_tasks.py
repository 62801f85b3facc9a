"""Run every script of a task as a worker does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from promoter.concourse.checks.tasks import task_script
from promoter.concourse.pipelines import PIPELINES, PipelineFiles
from promoter.concourse.schema import Task, read_pipeline
from promoter.forge.forge import NewPullRequest
from promoter.git import Git
from promoter.programs.cosign import create_keys
from promoter.programs.registry import Registry
from promoter.release.application import BOT
from promoter.release.image_pins import read_pins, write_pins
from promoter.toolchain.toolchain import Toolchain
from promoter.vendoring import sync
from tests.concourse.concourse_server import Concourse, serving
from tests.concourse.isolation import unavailable, wheel_bin
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import document, evaluated
from tests.concourse.worker import BIN, Worker, task_of
from tests.images.pinned import Pinned, published
from tests.release.conftest import crane, registry
from tests.release.sandbox import Sandbox, open_sandbox

__all__ = ["crane", "registry"]

LANA = ROOT / "upstream" / "lana-bank"
CHARTS = ROOT / "upstream" / "galoy-private-charts"


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    folder = tmp_path / "worker"
    folder.mkdir()
    names = {"github.private_key": "key", "github.known_hosts": "host"}
    names |= {"github-app.id": "1", "github-app.private_key": "key"}
    return Worker(folder, values=names)


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    return open_sandbox(tmp_path / "sandbox", registry, committed=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with one commit, like that of `get: repo`."""
    git = Git(tmp_path / "source")
    git.dir.mkdir()
    git.text("init", "--quiet", "--initial-branch=main")
    empty = {
        f"GIT_{role}_{part}": "dev@localhost"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    git.text("commit", "--quiet", "--allow-empty", "--message", "feat: x", env=empty)
    return git.dir


def file_in(folder: Path, name: str, content: str) -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content)
    return folder


# --- what a task sees -------------------------------------------------------------------


def test_a_task_has_the_wheel_and_not_this_repository(worker: Worker, tmp_path: Path) -> None:
    script = "import promoter, sys; print(promoter.__file__, *sys.path, sep='\\n')"
    done = worker.isolated(["python3", "-c", script], tmp_path, {}, ())
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stdout.splitlines() if line.startswith(f"{ROOT}/")]
    assert done.stdout.startswith(str(wheel_bin().parent))


@pytest.mark.skipif(bool(unavailable()), reason=unavailable())
def test_undeclared_folders_are_read_only_and_this_repository_is_hidden(
    worker: Worker, source: Path, tmp_path: Path
) -> None:
    where, task = task_of("lana-bank", "build-rc", "prep-release-apps")
    script = f'for at in . / /tmp /etc "{tmp_path}" repo next-version "$HOME"; do'
    script += ' (touch "$at/x") 2>/dev/null && echo "$at"; done; ls -A "$0"'
    run = task.config.run.model_copy(update={"path": "../sh", "args": ["-c", script, str(ROOT)]})
    here = task.model_copy(update={"config": task.config.model_copy(update={"run": run})})
    (worker.folder / "sh").symlink_to("/bin/sh")
    _, done = worker.run(where, here, {"repo": source, "next-version": source})
    assert done.returncode == 0, done.stderr
    wrote = done.stdout.splitlines()
    assert wrote[:2] == ["repo", "next-version"]
    assert len(wrote) == 3
    assert wrote[2].endswith("/home")


# --- what needs Nix ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pipeline", "job", "task", "calls"),
    [
        ("lana-bank", "test-integration", "run-nextest", ["nix run .#nextest"]),
        ("lana-bank", "test-bats", "run-bats", ["nix run .#bats"]),
        ("lana-bank", "flake-check", "run-flake-check", ["nix flake check"]),
        (
            "lana-bank",
            "build-rc",
            "nix-build-release",
            [
                "nix build --impure --no-link --print-out-paths .#lana-cli-release",
                "1.2.3-rc.4",
            ],
        ),
        (
            "nix-cache",
            "build-release-main",
            "lana-cli-release",
            [
                "cachix watch-exec galoymoney -- nix build --impure --no-link"
                " --print-out-paths .#lana-cli-release"
            ],
        ),
        (
            "nix-cache",
            "populate-nix-cache-pr",
            "lana-deps",
            ["cachix watch-exec galoymoney -- nix build --no-link .#lana-deps"],
        ),
        (
            "nix-cache",
            "populate-nix-cache-pr",
            "flake-check",
            ["cachix watch-exec galoymoney -- nix flake check"],
        ),
        (
            "nix-cache",
            "cache-dev-profile",
            "ci-scripts",
            [
                f"cachix watch-exec galoymoney -- nix build --no-link ./ci#{script}"
                for script in ("next-version", "update-changelog", "wait-cachix-paths")
            ],
        ),
    ],
)
def test_nix_is_called_after_the_cache_is_used(
    worker: Worker,
    source: Path,
    tmp_path: Path,
    pipeline: str,
    job: str,
    task: str,
    calls: list[str],
) -> None:
    worker.fake("cachix")
    version = f'[ -z "${{VERSION:-}}" ] || echo "$VERSION" >>"{worker.folder}/calls"\n'
    built = 'mkdir "$TMPDIR/bin" && touch "$TMPDIR/bin/lana-cli" && echo "$TMPDIR"\n'
    worker.fake("nix", f"{version}{built}")
    there = {"repo": source, "next-version": file_in(tmp_path / "v", "version", "1.2.3-rc.4\n")}
    worker.succeed(pipeline, job, task, there)
    assert worker.calls == ["cachix use galoymoney", *calls]


@pytest.mark.parametrize("name", ["nextest", "simulation", "lana-cli-debug", "bats"])
def test_each_derivation_is_pushed_while_it_is_built(
    worker: Worker, source: Path, name: str
) -> None:
    worker.fake("cachix")
    worker.succeed("nix-cache", "populate-nix-cache-pr", name, {"repo": source})
    assert worker.calls[1:] == [f"cachix watch-exec galoymoney -- nix build --no-link .#{name}"]


def test_the_development_shell_is_cached(worker: Worker, source: Path) -> None:
    worker.fake("cachix")
    worker.succeed("nix-cache", "cache-dev-profile", "dev-profile", {"repo": source})
    assert worker.calls[1].startswith("cachix watch-exec galoymoney -- nix develop --profile /")
    assert worker.calls[1].endswith("/dev-profile --command true")


def test_a_task_waits_for_built_paths_in_the_cache(
    promoter: Worker, source: Path, tmp_path: Path
) -> None:
    there = {"repo": source, "built": file_in(tmp_path / "b", "paths", "/nix/store/x\n")}
    promoter.succeed("nix-cache", "build-release-main", "wait-for-built", there)
    assert outcome(promoter) == [
        "promoter pipeline wait-cachix-paths --paths built/paths --cache galoymoney"
        " --attempts 30 --delay 10"
    ]


def test_the_cache_build_of_every_open_pull_request_runs_again(
    worker: Worker, sandbox: Sandbox, tmp_path: Path
) -> None:
    worker.outside.append(tmp_path / "sandbox")
    numbers = [one_more(sandbox, number) for number in (1, 2, 3)]
    state = Concourse(builds=[numbers[0], 99, numbers[1], numbers[0], 98])
    where, task = task_of("nix-cache", "rebuild-nix-cache", "rebuild-nix-cache")
    with serving(state) as address:
        login = {"username": "operator", "password": "a password"}
        worker.values |= {f"concourse.{name}": value for name, value in login.items()}
        worker.values |= {"concourse.url": address, "concourse.team": "main"}
        _, done = worker.run(where, task, {"repo": sandbox.application.git.dir})
        assert done.returncode == 0, done.stderr
        # The newest build of each, and none of a pull request that is closed.
        assert state.again == ["4", "3"]
        assert f"pull request {numbers[2]}: none of the last" in done.stdout
        worker.values["concourse.password"] = "another password"
        _, done = worker.run(where, task, {"repo": sandbox.application.git.dir})
    assert done.returncode == 1
    assert "next:  check the variables concourse.*" in done.stderr
    assert "another password" not in done.stderr
    assert len(state.again) == 2


def one_more(sandbox: Sandbox, number: int) -> int:
    """Open a pull request; return its number."""
    tip = sandbox.git.commit("refs/heads/main")
    made = sandbox.git.commit_files(tip, {f"x{number}": b"x"}, "feat: x")
    sandbox.git.text("update-ref", f"refs/heads/change-{number}", made)
    return sandbox.application.forge.open_pull_request(
        NewPullRequest(head=f"change-{number}", base="main", title="feat: x", body="")
    ).number


# --- charts and deployments ---------------------------------------------------------------


@pytest.fixture
def promoter(worker: Worker) -> Worker:
    """A worker with the real `promoter pipeline exec`, which records the commands that it runs."""
    real = f'[ "$1 $2" != "pipeline exec" ] || exec "{wheel_bin()}/promoter" "$@"\n'
    worker.fake("promoter", real)
    worker.values |= {"staging.kubeconfig": "kind: Config\n"}
    return worker


def outcome(worker: Worker) -> list[str]:
    return [call for call in worker.calls if not call.startswith("promoter pipeline exec")]


def test_a_testflight_has_the_chart_and_its_teardown_sweeps(promoter: Worker, source: Path) -> None:
    there = {"charts-repo": source, "deployments-repo": source}
    promoter.succeed("galoy-private-charts", "testflight", "testflight", there)
    promoter.succeed("galoy-private-charts", "testflight", "teardown", there)
    commit = Git(source).commit("HEAD")
    assert outcome(promoter) == [
        f"promoter testflight run --chart {commit} --provisioner terraform"
        " --keys-from gcp-galoy-staging --sign",
        f"promoter testflight sweep --ref {commit}",
    ]


@pytest.fixture
def alone(source: Path, tmp_path: Path) -> Callable[..., list[str]]:
    """Run scripts of the charts without what gives a task access; return promoter's calls."""
    worker = Worker(tmp_path)
    worker.fake("promoter", '[ "$1 $2" != "pipeline exec" ] || { shift 3; exec "$@"; }\n')
    for name in ("charts-repo", "deployments-repo"):
        (tmp_path / name).symlink_to(source)

    def run(*names: str, **variables: str) -> list[str]:
        given = {"PATH": f"{worker.programs[0]}:{os.environ['PATH']}", **variables}
        for name in names:
            subprocess.run([CHARTS / "ci/tasks" / name], cwd=tmp_path, env=given, check=True)
        return outcome(worker)

    return run


def test_a_testflight_is_provisioned_by_terraform_and_its_teardown_removes_its_own(
    source: Path, alone: Callable[..., list[str]]
) -> None:
    commit = Git(source).commit("HEAD")
    assert alone("testflight", "teardown-testflights", KEYS_FROM="gcp-galoy-staging") == [
        f"promoter testflight run --chart {commit} --provisioner terraform"
        " --keys-from gcp-galoy-staging --sign",
        f"promoter testflight sweep --ref {commit}",
    ]


def test_each_step_of_a_bump_is_one_command(source: Path, alone: Callable[..., list[str]]) -> None:
    steps = ("bump-vendored-ref", "vendir-sync", "push-vendored")
    assert alone(*steps, DEP="lana-bank", BRANCH="main") == [
        f"promoter vendor set-ref lana-bank {Git(source).commit('HEAD')}",
        "promoter vendor sync",
        "promoter vendor commit lana-bank --push --branch main",
    ]


BUMP = ("galoy-private-charts", "bump-lana-bank-in-deployments")


def test_the_tested_commit_is_vendored_in_three_steps(
    worker: Worker, charts_remote: Git, deployments: Path, tmp_path: Path
) -> None:
    worker.outside += [tmp_path / "remotes"]
    worker.values |= {"gar-creds.username": "me", "gar-creds.password": "a password"}
    checkout = Git(tmp_path / "checkout")
    charts_remote.text("clone", "--quiet", ".", str(checkout.dir))
    there = {"charts-repo": checkout.dir, "deployments-repo": deployments}
    for step in ("bump-vendored-ref", "vendir-sync", "push-vendored"):
        work = worker.succeed(*BUMP, step, there)
        there["deployments-repo"] = work / "deployments-repo"
    pushed = Git(tmp_path / "remotes" / "deployments")
    tested = charts_remote.commit("refs/heads/main") or "none"
    assert tested in (pushed.file("refs/heads/main", "vendir.yml") or b"").decode()
    assert pushed.file("refs/heads/main", "charts/lana-bank/values.yaml") == b"a: 2\n"
    changed = pushed.lines("diff", "--name-only", "main^", "main")
    assert changed == ["charts/lana-bank/values.yaml", "vendir.lock.yml", "vendir.yml"]
    # Concourse may run the job again: nothing is newer.
    before = pushed.commit("refs/heads/main")
    for step in ("bump-vendored-ref", "vendir-sync", "push-vendored"):
        worker.succeed(*BUMP, step, there)
    assert pushed.commit("refs/heads/main") == before


@pytest.fixture
def charts_remote(tmp_path: Path) -> Git:
    """The charts repository with two commits of a chart."""
    git = Git(tmp_path / "remotes" / "charts")
    git.dir.mkdir(parents=True)
    git.text("init", "--quiet", "--bare", "--initial-branch=main")
    tip = None
    for values in (b"a: 1\n", b"a: 2\n"):
        files = {"charts/lana-bank/values.yaml": values}
        tip = git.commit_files(tip, files, "feat: a chart", author=BOT)
    git.text("update-ref", "refs/heads/main", tip or "")
    return git


@pytest.fixture
def deployments(charts_remote: Git, tmp_path: Path) -> Path:
    """A clone of the deployments repository, which has vendored the first of them."""
    first = charts_remote.commit("refs/heads/main^")
    config = (ROOT / "vendir.yml").read_text()
    config = re.sub(r"url: \S+", f"url: {charts_remote.dir}", config)
    config = re.sub(r"ref: \w+", f"ref: {first}", config)
    bare = Git(tmp_path / "remotes" / "deployments")
    bare.dir.mkdir()
    bare.text("init", "--quiet", "--bare", "--initial-branch=main")
    made = bare.commit_files(None, {"vendir.yml": config.encode()}, "feat: x", author=BOT)
    bare.text("update-ref", "refs/heads/main", made)
    clone = tmp_path / "deployments"
    bare.text("clone", "--quiet", ".", str(clone))
    sync(clone)
    files = {
        str(file.relative_to(clone)): file.read_bytes()
        for file in (clone / "vendir.lock.yml", clone / "charts/lana-bank/values.yaml")
    }
    made = bare.commit_files(made, files, "chore: vendored", author=BOT)
    bare.text("update-ref", "refs/heads/main", made)
    Git(clone).text("fetch", "--quiet")
    Git(clone).text("reset", "--quiet", "--hard", "origin/main")
    return clone


def test_the_bump_logs_in_to_the_registries_of_the_chart(
    promoter: Worker, source: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "config.json"
    seen.touch()
    promoter.outside.append(seen)
    keep = f'[ "$1" = vendor ] && cp "$DOCKER_CONFIG/config.json" {seen} && exit 0\n'
    promoter.fake("promoter", f'{keep}exec {wheel_bin()}/promoter "$@"\n')
    promoter.values |= {"gar-creds.username": "me", "gar-creds.password": "a password"}
    promoter.succeed(*BUMP, "push-vendored", {"deployments-repo": source})
    values = (ROOT / "charts" / "lana-bank" / "values.yaml").read_text()
    private = set(re.findall(r"repository: (\S+?)/galoyorg/", values))
    assert private
    assert set(json.loads(seen.read_text())["auths"]) == private


@pytest.mark.parametrize("name", ["bump-vendored-ref", "push-vendored"])
def test_a_bump_that_fails_fails_the_task(promoter: Worker, source: Path, name: str) -> None:
    promoter.fake("promoter", f'[ "$1" = vendor ] && exit 1\nexec {wheel_bin()}/promoter "$@"\n')
    where, task = task_of(*BUMP, name)
    _, done = promoter.run(where, task, {"charts-repo": source, "deployments-repo": source})
    assert done.returncode == 1, done.stderr


@pytest.mark.parametrize(("deployed", "code"), [("a" * 40, 0), ("b" * 40, 1)])
def test_a_deploy_of_another_commit_than_cepler_fetched_fails(
    worker: Worker, source: Path, deployed: str, code: int
) -> None:
    (source / ".git" / "cepler_trigger").write_text("a" * 40)
    answer = f'{{\n  "trigger": "{deployed}"\n}}'
    # The deploy finds the key that signs its verification summary in a file.
    key = 'grep -q "a signing key" "$COSIGN_KEY" && [ "$COSIGN_PASSWORD" = words ] || exit 7'
    real = f'[ "$1" = deploy ] || exec {wheel_bin()}/promoter "$@"'
    worker.fake("promoter", f"{real}\n{key}\necho '{answer}'\n")
    worker.values |= {"gcp-galoy-staging.kubeconfig": "kind: Config"}
    worker.values |= {"cosign.private_key": "a signing key", "cosign.password": "words"}
    where, task = task_of("galoy-deployments", "gcp-galoy-staging", "deploy")
    _, done = worker.run(where, task, {"repo": source})
    assert done.returncode == code, done.stderr
    assert outcome(worker) == [
        "promoter deploy gcp-galoy-staging --no-record --report --remote origin --branch main"
        " --json"
    ]


def test_what_waits_is_reported_after_the_record(worker: Worker, source: Path) -> None:
    worker.fake("promoter", f'[ "$2" = report ] || exec {wheel_bin()}/promoter "$@"\n')
    worker.succeed("galoy-deployments", "gcp-volcano-qa", "report", {"repo": source})
    assert outcome(worker) == [
        "promoter pipeline report gcp-volcano-qa --remote origin --branch main"
    ]


# --- what GitHub's runners call ------------------------------------------------------------


def call(worker: Worker, folder: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Run a script of a checkout as a GitHub runner does, with a writable checkout."""
    done = worker.isolated([str(folder / command[0]), *command[1:]], folder, variables, [folder])
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def lana(tmp_path: Path) -> Path:
    """A separate checkout of the application."""
    return Path(shutil.copytree(LANA, tmp_path / "lana-checkout"))


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    """A separate checkout of the charts."""
    return Path(shutil.copytree(CHARTS, tmp_path / "charts-checkout"))


def test_incomplete_docs_of_the_application_are_reported(worker: Worker, lana: Path) -> None:
    here = lana
    assert call(worker, here, "ci/tasks/check-docs") == (0, "")
    with (here / "lana/admin-server/src/graphql/schema.graphql").open("a") as schema:
        schema.write("type Bare {\n  nothing: String!\n}\n")
    (here / "docs-site/docs/shot.md").write_text("![a](/img/gone.png) ![b](https://e.org/x.png)\n")
    code, said = call(worker, here, "ci/tasks/check-docs")
    assert code == 1
    assert "nothing has no description" in said
    assert "/img/gone.png is not there" in said
    assert "e.org" not in said


def test_a_release_generates_the_docs(worker: Worker, lana: Path) -> None:
    site = lana / "docs-site"
    assert call(worker, lana, "ci/tasks/update-api-docs") == (0, "")
    assert "| field | type | what |" in (site / "docs/api.md").read_text()
    assert call(worker, lana, "ci/tasks/update-event-schemas") == (0, "")
    schemas = {file.name for file in (lana / "lana/events").iterdir()}
    assert {file.name for file in (site / "static/event-schemas").iterdir()} == {
        *schemas,
        "index.json",
    }
    for version in ("0.1.0", "0.2.0"):
        assert call(worker, lana, "ci/tasks/snapshot-docs", VERSION=version) == (0, "")
    assert json.loads((site / "versions.json").read_text()) == ["0.2.0", "0.1.0"]
    kept = (site / "versioned_docs/version-0.1.0/api.md").read_bytes()
    assert kept == (site / "docs/api.md").read_bytes()


def test_the_manuals_have_every_screenshot_of_every_app(worker: Worker, lana: Path) -> None:
    code, said = call(worker, lana, "ci/tasks/build-manuals")
    assert (code, "no screenshots in apps/admin-panel/cypress" in said) == (1, True), said
    shots = ("admin-panel/a.cy.ts/customer <1>.png", "customer-portal/b.cy.ts/deposit.png")
    for shot in shots:
        app, _, path = shot.partition("/")
        file = lana / "apps" / app / "cypress" / "screenshots" / path
        file.parent.mkdir(parents=True)
        file.write_bytes(app.encode())
    assert call(worker, lana, "ci/tasks/build-manuals") == (0, "")
    results = lana / "apps" / "admin-panel" / "cypress" / "manuals" / "results"
    assert (results / "a.cy.ts" / "customer <1>.png").read_bytes() == b"admin-panel"
    assert 'src="a.cy.ts/customer &lt;1&gt;.png"' in (results / "index.html").read_text()
    (lana / "apps/customer-portal/cypress/screenshots/b.cy.ts/deposit.png").unlink()
    code, said = call(worker, lana, "ci/tasks/build-manuals")
    assert code == 1
    assert "customer-portal" in said


def test_a_pull_request_builds_the_site_with_a_version_of_its_docs(
    worker: Worker, lana: Path
) -> None:
    (job,) = document(LANA / ".github/workflows/lana-bank-docs.yml")["jobs"].values()
    scripts = [step for step in job["steps"] if step.get("run", "").startswith("ci/tasks/")]
    for step in scripts:
        values = {"github.event.pull_request.number": "7"}
        given = {name: evaluated(value, values) for name, value in step.get("env", {}).items()}
        code, said = call_shell(worker, lana, step["run"], given)
        assert code == 0, said
    site = lana / "docs-site"
    assert json.loads((site / "versions.json").read_text()) == ["0.0.0-pr7"]
    made = (site / "versioned_docs/version-0.0.0-pr7/api.md").read_bytes()
    assert made == (site / "docs/api.md").read_bytes()


def call_shell(
    worker: Worker, folder: Path, text: str, variables: dict[str, str]
) -> tuple[int, str]:
    """Run the text of a step as a GitHub runner does."""
    done = worker.isolated(["bash", "-e", "-c", text], folder, variables, [folder])
    return done.returncode, done.stdout + done.stderr


def data_pipeline() -> str:
    """The command of the flake."""
    flake = (LANA / "flake.nix").read_text()
    (command,) = re.findall(r'script pkgs "data-pipeline" \[ pkgs\.uv \] "([^"]+)"', flake)
    return str(command)


def test_the_data_pipeline_runs_every_test_of_its_folder(tmp_path: Path) -> None:
    """Here up to uv alone."""
    worker = Worker(tmp_path)
    worker.fake("uv")
    path = f"{worker.programs[0]}:{os.environ['PATH']}"
    subprocess.run(["bash", "-e", "-c", data_pipeline()], env={"PATH": path}, check=True)
    (call_of_uv,) = worker.calls
    assert call_of_uv.partition(" -- ")[2] == "python -m pytest tests"
    assert list((LANA / "dagster" / "tests").glob("test_*.py"))


@pytest.mark.heavy
def test_the_data_pipeline_has_tests_and_they_pass(tmp_path: Path) -> None:
    """The command of the flake, with uv of this environment in place of nixpkgs'."""
    command = data_pipeline()
    shutil.copytree(LANA / "dagster", tmp_path / "dagster")
    done = subprocess.run(
        ["bash", "-e", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "DAGSTER_HOME": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 passed" in done.stdout


@pytest.mark.parametrize(("word", "verb"), [("up", "apply"), ("down", "destroy")])
def test_the_throwaway_datasets_are_created_and_removed(
    worker: Worker, lana: Path, word: str, verb: str
) -> None:
    worker.fake("nix")
    code, said = call(worker, lana, "ci/tasks/bigquery", word, TF_VAR_name_prefix="gha1")
    assert code == 0, said
    assert worker.calls[1] == (
        f"nix develop --command tofu -chdir=tf/bq-setup {verb} -input=false -auto-approve"
    )
    assert call(worker, lana, "ci/tasks/bigquery", word)[0] != 0
    assert call(worker, lana, "ci/tasks/bigquery", "sideways", TF_VAR_name_prefix="x")[0] == 64


def test_both_flakes_are_validated(worker: Worker, lana: Path) -> None:
    worker.fake("nix")
    assert call(worker, lana, "ci/tasks/flake-check")[0] == 0
    assert worker.calls == ["nix flake check", "nix flake check ./ci"]


def test_the_file_check_reads_the_range_of_the_pull_request(worker: Worker, source: Path) -> None:
    shutil.copytree(LANA / "ci", source / "ci")
    base = Git(source).commit("HEAD") or ""
    who = {"GIT_AUTHOR_NAME": "d", "GIT_AUTHOR_EMAIL": "d", "GIT_COMMITTER_NAME": "d"}
    for file, code in (("CHANGELOG.md", 0), ("src.rs", 1)):
        (source / file).write_text("x")
        Git(source).text("add", file)
        Git(source).text(
            "commit", "--quiet", "-m", "docs: x", env={**who, "GIT_COMMITTER_EMAIL": "d"}
        )
        head = Git(source).commit("HEAD") or ""
        found, said = call(worker, source, "ci/tasks/promote-rc-file-check", BASE=base, HEAD=head)
        assert found == code, said


@pytest.mark.parametrize(("answer", "code"), [(0, 0), (3, 0), (1, 1)])
def test_automerge_leaves_a_pull_request_to_a_person(
    worker: Worker, charts: Path, answer: int, code: int
) -> None:
    worker.fake("promoter", f"exit {answer}\n")
    assert call(worker, charts, "ci/tasks/automerge", NUMBER="7")[0] == code
    assert worker.calls == ["promoter pipeline exec -- promoter release automerge 7"]


def test_the_chart_passes_the_check_that_its_pull_requests_need(
    worker: Worker, charts: Path
) -> None:
    worker.programs.append(Toolchain(ROOT).program("helm").parent)
    assert call(worker, charts, "ci/tasks/render-chart", "charts/lana-bank") == (0, "")


@pytest.mark.parametrize("answer", [0, 1])
def test_a_module_that_is_refused_fails_the_check_of_the_pull_request(
    worker: Worker, charts: Path, answer: int
) -> None:
    worker.fake("promoter", f"exit {answer}\n")
    assert call(worker, charts, "ci/tasks/check-modules", "charts/lana-bank", "abc")[0] == answer
    assert worker.calls == ["promoter release check-modules abc --folder charts/lana-bank"]


def test_the_preview_of_the_chart_has_the_changes_alone(worker: Worker, tmp_path: Path) -> None:
    worker.programs.append(Toolchain(ROOT).program("helm").parent)
    here = tmp_path / "charts"
    chart = here / "charts" / "small"
    file_in(chart, "Chart.yaml", "apiVersion: v2\nname: small\nversion: 0.1.0\n")
    file_in(chart, "values.yaml", "answer: 42\n")
    kind = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    file_in(chart, "templates/map.yaml", kind + 'data: {a: "{{ .Values.answer }}"}\n')
    shutil.copytree(CHARTS / "ci", here / "ci")
    git = Git(here)
    git.text("init", "--quiet")
    git.text("add", "--all")
    who = {f"GIT_{r}_{p}": "d" for r in ("AUTHOR", "COMMITTER") for p in ("NAME", "EMAIL")}
    git.text("commit", "--quiet", "-m", "feat: x", env=who)

    assert call(worker, here, "ci/tasks/render-chart", "charts/small")[0] == 0
    code, said = call(worker, here, "ci/tasks/preview-chart", "charts/small", "HEAD")
    assert (code, "Nothing." in said) == (0, True), said
    (chart / "values.yaml").write_text("answer: 43\n")
    code, said = call(worker, here, "ci/tasks/preview-chart", "charts/small", "HEAD")
    assert code == 0, said
    assert '-data: {a: "42"}' in said
    assert '+data: {a: "43"}' in said
    (chart / "templates/map.yaml").write_text(kind + "data: {{ fail `no` }}\n")
    assert call(worker, here, "ci/tasks/render-chart", "charts/small")[0] != 0


# --- repipe ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pinned]:
    with published(tmp_path_factory.mktemp("pinned")) as found:
        yield found


@pytest.fixture
def person(worker: Worker, source: Path, pinned: Pinned) -> Worker:
    """Somebody with a clone of a pipeline's repository, fly, cosign and crane."""
    programs = Toolchain(ROOT)
    worker.programs += [programs.program(name).parent for name in ("cosign", "crane")]
    worker.network |= pinned.variables
    worker.fake("fly", 'for each; do case "$each" in /*) cat "$each" >&2;; esac; done\n')
    return worker


@pytest.mark.parametrize("place", PIPELINES, ids=[place.name for place in PIPELINES])
def test_repipe_sets_the_committed_pipeline_and_no_edited_one(
    person: Worker, source: Path, pinned: Pinned, place: PipelineFiles
) -> None:
    """The images are those that the pipeline promoter pinned."""
    shutil.copytree(place.path(ROOT), source / "ci")
    code, said = call(person, source, "ci/repipe", "team")
    assert (code, said) == (0, write_pins(read_pins(pinned.git, ".")))
    setting, unpausing = person.calls
    assert re.fullmatch(
        "fly -t team set-pipeline --team main --check-creds --load-vars-from /[^ ]+"
        f" -p {place.name} -c rendered/pipeline.yml",
        setting,
    )
    assert unpausing == f"fly -t team unpause-pipeline --team main -p {place.name}"
    with (source / "ci" / "pipeline.yml").open("a") as template:
        template.write("#! edited\n")
    assert call(person, source, "ci/repipe", "team")[0] != 0
    assert len(person.calls) == 2


@pytest.mark.parametrize("place", PIPELINES, ids=[place.name for place in PIPELINES])
def test_repipe_names_its_team_and_missing_variables_and_unpauses(
    tmp_path: Path, place: PipelineFiles
) -> None:
    """The script alone: its images are not verified."""
    worker = Worker(tmp_path)
    worker.fake("promoter", "echo 'image: pinned'\n")
    worker.fake("fly", 'for each; do case "$each" in /*) cat "$each";; esac; done\n')
    variables = {"PATH": f"{worker.programs[0]}:{os.environ['PATH']}"}
    command = [place.path(ROOT) / "repipe", "team", "people"]
    done = subprocess.run(command, env=variables, check=True, capture_output=True, text=True)
    assert done.stdout == "image: pinned\n"
    pins, setting, unpausing = worker.calls
    assert pins == "promoter pipeline pins"
    assert re.fullmatch(
        "fly -t team set-pipeline --team people --check-creds --load-vars-from /[^ ]+"
        f" -p {place.name} -c rendered/pipeline.yml",
        setting,
    )
    assert unpausing == f"fly -t team unpause-pipeline --team people -p {place.name}"


@pytest.mark.parametrize("place", PIPELINES, ids=[place.name for place in PIPELINES])
def test_repipe_sets_nothing_with_images_of_another_key(
    person: Worker, source: Path, tmp_path: Path, place: PipelineFiles
) -> None:
    shutil.copytree(place.path(ROOT), source / "ci")
    _, other = create_keys(Toolchain(ROOT).program("cosign"), tmp_path / "other")
    person.network["COSIGN_PUBLIC_KEY"] = str(other)
    code, said = call(person, source, "ci/repipe", "team")
    assert code == 1
    assert "error: verify " in said
    assert "find out who moved image-pins" in said
    assert person.calls == []


def test_every_script_is_run_by_a_test_of_this_folder() -> None:
    here = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    for each in PIPELINES:
        pipeline = read_pipeline(each.rendered(ROOT))
        for job in pipeline.jobs:
            for step in pipeline.steps(job):
                if isinstance(step, Task) and (script := task_script(step, each, ROOT)):
                    assert step.task in here or script.name in here, step.task


def test_every_script_that_no_pipeline_runs_is_run_by_a_test() -> None:
    scripts = {file.name for top in (LANA, CHARTS, ROOT) for file in (top / "ci/tasks").iterdir()}
    for each in PIPELINES:
        pipeline = read_pipeline(each.rendered(ROOT))
        steps = [step for job in pipeline.jobs for step in pipeline.steps(job)]
        found = [task_script(step, each, ROOT) for step in steps if isinstance(step, Task)]
        scripts -= {script.name for script in found if script}
    assert scripts
    tests = "".join(file.read_text() for file in ROOT.glob("tests/**/test_*.py"))
    assert not [name for name in sorted(scripts) if f"ci/tasks/{name}" not in tests]
