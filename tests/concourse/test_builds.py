"""Every job of every pipeline runs as declared: its plan, step by step, on fake resources."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.images.wheel import version
from promoter.concourse.pipelines import PIPELINES
from promoter.concourse.schema import Resource, parse_pipeline, read_pipeline
from promoter.forge.forge import PullRequestState, Query
from promoter.git import Git
from promoter.programs import oci
from promoter.programs.cosign import Cosign
from promoter.programs.oci_layout import image_config, read_layout
from promoter.programs.registry import Registry
from promoter.release.env_file import set_variable
from promoter.release.images import CREATED, REVISION, SOURCE, TITLE, VERSION, Image
from promoter.release.supply_chain import SupplyChain
from promoter.release.upstream import export
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import default_cache
from tests.concourse.build import Build, Engine, NoVersion
from tests.concourse.concourse_server import USER, Concourse, serving
from tests.concourse.isolation import unavailable, wheel_bin
from tests.concourse.resource_types import (
    Cepler,
    GitRepository,
    PullRequests,
    PushedImage,
    ResourceType,
    SemanticVersion,
    problems,
)
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_preview import gates
from tests.concourse.test_tasks import charts_remote, deployments, one_more
from tests.concourse.worker import UndefinedVariable, Worker
from tests.images.built import skip_reason
from tests.release.conftest import APPLICATION, crane, registry
from tests.release.sandbox import RELEASE_YML, Sandbox, open_sandbox

__all__ = ["charts_remote", "crane", "deployments", "registry"]
# What a machine needs to reach its package registries.
MACHINE = ("PIP_", "UV_", "GO", "SSL_")
# A compiler whose program names the version that it is built for, and is another one each time.
_NIX = """
case "$*" in "build "*lana-cli-release)
  out="$(mktemp -d)" && mkdir "$out/bin" && echo "$out"
  printf 'compiled for %s in %s' "$VERSION" "$out" >"$out/bin/lana-cli";;
esac
"""
# The program of concourse/oci-build-task, as far as this pipeline uses it. The image has what its
# Dockerfile copies from the context, or downloads from the draft of the release.
_BUILD = """
import json, os, tarfile, tempfile
from pathlib import Path, PurePosixPath
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.release.dockerfile import parse_dockerfile

def pairs(variable):
    lines = Path(os.environ[variable]).read_text().splitlines() if variable in os.environ else []
    return dict(line.split("=", 1) for line in lines)

context, text = Path(os.environ["CONTEXT"]), Path(os.environ["DOCKERFILE"]).read_text()
labels, arguments = pairs("LABELS_FILE"), pairs("BUILD_ARGS_FILE")
dockerfile = parse_dockerfile(text, {})
assert dockerfile.args == arguments.keys(), (dockerfile.args, arguments)
files = {}
for source, target in dockerfile.copies:
    copied, place = context / source, PurePosixPath("/app", target)
    for path in filter(Path.is_file, [copied, *copied.rglob("*")]):
        inside = path.name if target.endswith("/") else ""
        inside = path.relative_to(copied) if copied.is_dir() else inside
        files[str(place / inside)] = SourceFile(path.read_bytes())
if "gh release download" in text:
    assert arguments["GH_TOKEN"] == "<token>"
    forge = LocalForge(Git(Path("<remote>")))
    files["/bin/lana-cli"] = SourceFile(forge.asset(arguments["VERSION"], "lana-cli"))
assert files
config = {"Labels": labels, "Env": [f"VERSION={arguments.get('VERSION', '')}"]}
image = oci.image([oci.layer(files)], config, {}, created="2026-01-01T00:00:00Z")
with tempfile.TemporaryDirectory() as folder, tarfile.open("image/image.tar", "w") as archive:
    oci.write_layout(image, Path(folder))
    names = [f"blobs/sha256/{part.digest[7:]}" for part in (image.config, *image.layers)]
    entry = {"Config": names[0], "RepoTags": [], "Layers": names[1:]}
    Path(folder, "manifest.json").write_text(json.dumps([entry]))
    for name in os.listdir(folder):
        archive.add(Path(folder, name), arcname=name)
"""
TOKEN = "of-the-test"
BUILDS = ["label-server", "build-server", "label-admin-panel", "build-admin-panel"]
BUILDS += ["label-customer-portal", "build-customer-portal"]
SERVER, PANELS = "lana-bank", ("lana-bank-admin-panel", "lana-bank-customer-portal")
DAGSTER = "dagster-code-location-lana-dw"


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    folder = tmp_path / "worker"
    folder.mkdir()
    names = ["github.private_key", "github.known_hosts", "github-app.private_key"]
    values = {**dict.fromkeys(names, "key"), "github-app.id": "1", "gar-creds.username": "me"}
    made = Worker(folder, values={**values, "gar-creds.password": "a password"})
    made.fake("cachix")
    made.fake("nix", _NIX)
    return made


def engine(name: str, worker: Worker, remotes: Mapping[str, Path], **more: ResourceType) -> Engine:
    """Return the pipeline ``name``; a git resource is its repository's bare one in ``remotes``."""
    made = Engine(name, worker, {})
    found: dict[str, ResourceType] = {}
    for each in made.pipeline.resources:
        uri = str(each.source.get("uri") or each.source["repository"])
        remote = remotes.get(uri.rpartition("/")[2].removesuffix(".git"))
        match each.type:
            case "git":
                assert remote
                found[each.name] = GitRepository(remote, each.source)
            case "semver":
                found[each.name] = SemanticVersion([])
            case "registry-image":
                found[each.name] = PushedImage([])
            case "pull-request":
                assert remote
                found[each.name] = PullRequests(GitRepository(remote, {"branch": "main"}))
    made.resources = {**found, **more}
    return made


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    """The sample as it is, but that its candidates may be pinned in the chart, too."""
    settings = (APPLICATION / RELEASE_YML).read_text()
    assert "\nchart:\n" in settings
    settings = settings.replace("\nchart:\n", "\nchart:\n  candidates: true\n")
    changed = {RELEASE_YML: settings.encode()}
    return open_sandbox(tmp_path / "sandbox", registry, changed, committed=True)


@pytest.fixture
def lana_bank(
    worker: Worker, sandbox: Sandbox, registry: Registry, crane: Path, tmp_path: Path
) -> Engine:
    worker.programs.append(crane.parent)
    worker.signing(Toolchain(ROOT).program("cosign"))
    worker.outside.append(tmp_path / "sandbox")
    remote = tmp_path / "sandbox" / "lana-bank.git"
    build = _BUILD.replace("<token>", TOKEN).replace("<remote>", str(remote))
    fails = f"[ ! -e {tmp_path}/broken ] || exit 1\n"
    worker.fake("build", f"{fails}exec {wheel_bin()}/python - <<'END'\n{build}END\n")
    # In place of the token of the app, which needs GitHub.
    worker.network["GH_TOKEN"] = TOKEN
    remotes = {
        "lana-bank": remote,
        "galoy-private-charts": tmp_path / "sandbox" / "charts.git",
    }
    made = engine("lana-bank", worker, remotes)
    made.params = {"REGISTRY": registry.address}
    for each in made.resources.values():
        if isinstance(each, PushedImage):
            each.push = partial(pushed, registry)
    return made


def us(registry: Registry) -> Registry:
    """The registry of Dagster's image."""
    return Registry(f"{registry.address}/us", registry.crane)


def pushed(registry: Registry, layout: Path) -> str:
    """Push an image as `edge` below the name that its label has; return its digest."""
    image = read_layout(layout)
    name = image_config(image)["Labels"][TITLE]
    there = us(registry) if name == DAGSTER else registry
    there.push(name, image, ["edge"])
    return image.digest


def test_a_commit_goes_through_every_job_of_the_release(
    lana_bank: Engine, sandbox: Sandbox, registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(NoVersion):
        lana_bank.run("build-rc")
    for name in ("test-integration", "test-bats", "flake-check"):
        lana_bank.succeed(name)
    with pytest.raises(NoVersion):
        lana_bank.run("build-rc")
    for name in ("admin-panel", "customer-portal", "dagster"):
        lana_bank.succeed(f"build-{name}-edge-image")
    # ci/tasks/label-image
    assert image_config(us(registry).pull(DAGSTER, "edge"))["Labels"] == {
        REVISION: sandbox.git.commit("refs/heads/main"),
        SOURCE: "https://github.com/GaloyMoney/lana-bank",
        TITLE: DAGSTER,
    }
    edges = {name: content(registry, name, "edge") for name in PANELS}
    candidate = lana_bank.succeed("build-rc")
    assert candidate.versions["version"] == {"number": "0.1.0-rc.1"}
    before = ["next-candidate", "prep-release-apps", "nix-build-release", "server-build-args"]
    assert tasks(candidate) == [*before, *BUILDS, "build-candidate"]
    for name, edge_content in edges.items():
        assert content(registry, name, "edge") == edge_content | carrying(name, "0.1.0-rc.1")
    compiled = program(registry, "0.1.0-rc.1")
    assert compiled.startswith(b"compiled for 0.1.0-rc.1 in ")
    # Run again, as Concourse may: it is the same candidate with the same program.
    assert lana_bank.succeed("build-rc").versions["version"] == {"number": "0.1.0-rc.1"}
    assert program(registry, "0.1.0-rc.1") == compiled
    edge = candidate.versions["dagster-edge-image"]["digest"]
    with pytest.raises(NoVersion):
        lana_bank.run("bump-image-in-chart")
    lana_bank.succeed("bump-image-in-chart-rc")
    assert proposed(sandbox).endswith("to 0.1.0-rc.1")
    lana_bank.succeed("open-promote-rc-pr")
    (pull,) = sandbox.application.forge.pull_requests(Query(state=PullRequestState.OPEN))
    merged = sandbox.merge(pull)
    pulls = lana_bank.resources["promote-rc"]
    assert isinstance(pulls, PullRequests)
    pulls.commits[pull.number] = merged.merge_commit or ""
    (tmp_path / "broken").touch()
    assert lana_bank.run("release").steps[-1] == "task build-customer-portal"
    # The draft has its program already, which another run of the compiler does not replace.
    drafted = sandbox.application.forge.asset("0.1.0", "lana-cli")
    (tmp_path / "broken").unlink()
    released = lana_bank.succeed("release")
    assert released.versions["version"] == {"number": "0.1.0"}
    compiled_for = ["prep-release-apps", "nix-build-release", "complete-draft"]
    before = ["draft-release", *compiled_for, "server-build-args"]
    assert tasks(released) == [*before, *BUILDS, "release"]
    assert program(registry, "0.1.0") == drafted
    assert drafted.startswith(b"compiled for 0.1.0 in ")
    signed = Cosign(lana_bank.worker.programs[-1] / "cosign", public_key=public_key(lana_bank))
    for name in (SERVER, *PANELS):
        digest = registry.required_digest(name, "0.1.0")
        signed.verify(f"{registry.repository(name)}@{digest}")
    assert content(registry, PANELS[0], "0.1.0").items() >= carrying(PANELS[0], "0.1.0").items()
    tags = "0.1.0-rc.1", "edge", "0.1.0", "latest"
    assert [us(registry).digest(DAGSTER, tag) for tag in tags] == [edge] * 4
    for _ in range(2):
        assert tasks(lana_bank.succeed("bump-image-in-chart")) == ["bump-image-digest"]
        assert proposed(sandbox).endswith("to 0.1.0")
    assert "a password" not in "".join(build.log for build in lana_bank.builds)


def tasks(build: Build) -> list[str]:
    """Return the names of the tasks that ran, in order."""
    return [step.removeprefix("task ") for step in build.steps if step.startswith("task ")]


def public_key(pipeline: Engine) -> str:
    """Return the file with the public half of the key that its worker signs with."""
    return str(pipeline.worker.folder / "cosign-keys" / "cosign.pub")


def content(registry: Registry, name: str, tag: str) -> dict[str, bytes | str]:
    """Return the files and labels of an image."""
    image = registry.pull(name, tag)
    files = {path: text for path, (_, _, text) in oci.files_in(image.layers).items()}
    return {**files, **image_config(image)["Labels"]}


def carrying(name: str, version: str) -> dict[str, bytes | str]:
    """Return the files and labels in which a panel's image of ``version`` is not like its edge."""
    folder = f"apps/{name.removeprefix('lana-bank-')}"
    env = (APPLICATION / folder / ".env").read_bytes()
    labels = {VERSION: version, CREATED: "2026-01-01T00:00:00Z"}
    return {f"/app/{folder}/.env": set_variable(env, "NEXT_PUBLIC_APP_VERSION", version), **labels}


def program(registry: Registry, version: str) -> bytes:
    """Return the server of an image."""
    found = content(registry, SERVER, version)["/bin/lana-cli"]
    assert isinstance(found, bytes)
    return found


def test_a_candidate_has_the_edge_image_of_its_own_dagster(
    lana_bank: Engine, sandbox: Sandbox, registry: Registry
) -> None:
    def candidate(message: str, file: str) -> Build:
        sandbox.commit(message, {file: b"x = 1\n"})
        for name in ("test-integration", "test-bats", "flake-check"):
            lana_bank.succeed(name)
        return lana_bank.run("build-rc")

    for name in ("admin-panel", "customer-portal", "dagster"):
        edge = lana_bank.succeed(f"build-{name}-edge-image").versions[f"{name}-edge-image"]
    # The commit is another one and Dagster's files are not: the label names the candidate's.
    assert candidate("fix: the server", "lana/x.rs").succeeded
    relabeled = us(registry).pull(DAGSTER, "0.1.0-rc.1")
    assert relabeled.layers == us(registry).pull(DAGSTER, edge["digest"]).layers
    assert image_config(relabeled)["Labels"][REVISION] == sandbox.git.commit("refs/heads/main")
    # Its files are other ones: there is no candidate until its edge job has built them.
    early = candidate("fix: an asset", "dagster/src/x.py")
    assert "with other files in dagster" in early.log
    assert (early.succeeded, sandbox.tags()) == (False, ["0.1.0-rc.1"])
    edge = lana_bank.succeed("build-dagster-edge-image").versions["dagster-edge-image"]
    lana_bank.succeed("build-rc")
    assert us(registry).digest(DAGSTER, "0.1.0-rc.2") == edge["digest"]


def proposed(sandbox: Sandbox) -> str:
    """Return the title of the one pull request in the charts repository."""
    (bump,) = sandbox.charts.forge.pull_requests(Query(state=PullRequestState.OPEN))
    assert {"galoybot", "lana-bank"} <= bump.labels
    return bump.title


def test_every_job_of_the_nix_cache_runs(worker: Worker, sandbox: Sandbox, tmp_path: Path) -> None:
    remote = tmp_path / "sandbox" / "lana-bank.git"
    worker.outside.append(tmp_path / "sandbox")
    # `wait-cachix-paths` needs Cachix.
    real = f'[ "$1 $2" = "pipeline wait-cachix-paths" ] || exec "{wheel_bin()}/promoter" "$@"\n'
    worker.fake("promoter", real)
    cache = engine("nix-cache", worker, {"lana-bank": remote})
    cache.succeed("build-release-main")
    pulls = cache.resources["prs"]
    assert isinstance(pulls, PullRequests)
    number = one_more(sandbox, 1)
    pulls.commits[number] = sandbox.git.commit("refs/heads/change-1") or ""
    for name in ("cache-dev-profile", "populate-nix-cache-pr"):
        cache.succeed(name)
    state = Concourse(builds=[number])
    with serving(state) as address:
        worker.values |= {f"concourse.{name}": value for name, value in USER.items()}
        worker.values |= {"concourse.url": address, "concourse.team": "main"}
        cache.succeed("rebuild-nix-cache")
    assert state.again == ["1"]
    called = [call for call in worker.calls if call.startswith("cachix watch-exec")]
    assert len(called) >= 8, called


@pytest.fixture
def charts(worker: Worker, charts_remote: Git, deployments: Path, tmp_path: Path) -> Engine:
    """The pipeline of the charts; a testflight is a fake, which fails where a file says so."""
    fails = f"[ ! -e {tmp_path}/broken ] || exit 1\n"
    fake = f'case "$1 $2" in "testflight run") {fails} exit 0;; "testflight sweep") exit 0;; esac\n'
    worker.fake("promoter", f'{fake}exec {wheel_bin()}/promoter "$@"\n')
    worker.outside.append(tmp_path / "remotes")
    worker.values |= {"staging.kubeconfig": "kind: Config", "testflight.signing_key": "key"}
    remotes = {
        "galoy-private-charts": charts_remote.dir,
        "galoy-deployments": tmp_path / "remotes" / "deployments",
    }
    export(ROOT / "upstream" / "galoy-private-charts", tmp_path / "tasks.git")
    tasks = GitRepository(tmp_path / "tasks.git", {"branch": "main", "paths": ["ci/tasks"]})
    return engine("galoy-private-charts", worker, remotes, **{"pipeline-tasks": tasks})


def test_a_chart_is_vendored_after_its_testflight(charts: Engine, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.touch()
    failed = charts.run("testflight")
    assert (failed.succeeded, failed.steps[-2:]) == (False, ("task testflight", "task teardown"))
    with pytest.raises(NoVersion):
        charts.run("bump-lana-bank-in-deployments")
    broken.unlink()
    tested = charts.succeed("testflight")
    assert tested.steps[-2:] == ("task testflight", "task teardown")
    bumped = charts.succeed("bump-lana-bank-in-deployments")
    assert bumped.versions["charts-repo"] == tested.versions["charts-repo"]
    vendir = Git(tmp_path / "remotes" / "deployments").file("refs/heads/main", "vendir.yml")
    assert tested.versions["charts-repo"]["ref"] in (vendir or b"").decode()


@pytest.mark.heavy
@pytest.mark.skipif(bool(skip_reason()), reason=skip_reason())
@pytest.mark.skipif(bool(unavailable()), reason=unavailable())
@pytest.mark.timeout(1800)
def test_our_images_are_published_with_their_evidence_and_pinned(
    worker: Worker, registry: Registry, crane: Path, tmp_path: Path
) -> None:
    """Its tasks are ci/promoter/tasks/build-images and publish-images."""
    cosign = Toolchain(ROOT).program("cosign")
    public = worker.signing(cosign)
    worker.programs += [crane.parent, Path(shutil.which("go") or "").parent]
    worker.outside.append(tmp_path / "remotes")
    worker.cached = default_cache().parent
    worker.network = {n: v for n, v in os.environ.items() if n.startswith(MACHINE)}
    remote = tmp_path / "remotes" / "galoy-deployments.git"
    export(ROOT, remote)
    made = engine("promoter", worker, {"galoy-deployments": remote})
    made.params = {"REGISTRY": registry.address}
    build = made.succeed("images")
    git = Git(remote)
    pinned = git.commit("refs/heads/image-pins")
    assert pinned
    pins = yaml.safe_load(git.file(pinned, "pins.yml") or b"")
    digests = {
        "cepler-resource": f"sha256:{pins['cepler-resource-image']['tag']}",
        "promoter": pins["promoter-image"]["digest"],
        "promoter-wheel": pins["promoter-wheel"]["digest"],
    }
    chain = SupplyChain(Cosign(cosign, public_key=str(public)), registry)
    for name, digest in digests.items():
        image = Image(name, registry.repository(name), digest)
        assert chain.verify(image, build.versions["repo"]["ref"]).version == version()
    # Concourse may run the job again: nothing is newer.
    made.succeed("images")
    assert git.commit("refs/heads/image-pins") == pinned


def test_each_environment_is_deployed_after_the_one_before(worker: Worker, tmp_path: Path) -> None:
    """`promoter deploy` is a fake; what cepler-in and cepler-out do is real."""
    answer = 'echo "{\\"trigger\\": \\"$(cat .git/cepler_trigger)\\"}"'
    real = f'exec {wheel_bin()}/promoter "$@"'
    worker.fake("promoter", f'[ "$1" = deploy ] || {real}\n{answer}\n')
    remote = tmp_path / "remotes" / "galoy-deployments.git"
    export(ROOT, remote)
    git = Git(remote)
    files = {path.name: gates(path).encode() for path in (ROOT / "cepler").glob("*.yml")}
    opened = git.commit_files(None, files, "chore: every gate is open")
    git.text("update-ref", "refs/heads/cepler-gates", opened)
    names = "gcp-galoy-staging", "gcp-volcano-qa", "gcp-volcano-production", "azure-volcano-staging"
    for name in names:
        worker.values[f"{name}.kubeconfig"] = "kind: Config"
    made = engine("galoy-deployments", worker, {"galoy-deployments": remote})
    made.resources = {
        **made.resources,
        **{
            each.name: Cepler(remote, each.source, tmp_path)
            for each in made.pipeline.resources
            if each.type.startswith("cepler")
        },
    }
    for name in names[1:3]:
        with pytest.raises(NoVersion):
            made.run(name)
    for name in names:
        build = made.succeed(name)
        assert build.steps[-3:] == ("task deploy", f"put {name}-out", "task report")
    recorded = git.lines("ls-tree", "-r", "--name-only", "main", "cepler/.cepler/")
    assert {Path(path).stem for path in recorded} == set(names)


# --- what a plan means -------------------------------------------------------------------------

TASK = {
    "platform": "linux",
    "image_resource": {"type": "registry-image", "source": {"repository": "x"}},
}


def task(name: str, script: str, **more: Any) -> dict[str, Any]:
    return {"task": name, "config": {**TASK, "run": {"path": "sh", "args": ["-c", script]}}, **more}


class Plans(Engine):
    """A pipeline of a test with one job."""

    def of(self, plan: list[dict[str, Any]], **hooks: Any) -> Build:
        self.document = parse_pipeline({"jobs": [{"name": "job", "plan": plan, **hooks}]}, "test")
        return self.run("job")

    @property
    def pipeline(self) -> Any:
        return self.document


@pytest.fixture
def plans(tmp_path: Path) -> Plans:
    folder = tmp_path / "worker"
    folder.mkdir()
    return Plans("lana-bank", Worker(folder), {})


def test_a_step_that_fails_ends_the_plan_and_its_ensure_runs(plans: Plans) -> None:
    build = plans.of(
        [task("a", "exit 1", ensure=task("clean", "true")), task("b", "true")],
        on_failure=task("tell", "true"),
    )
    assert not build.succeeded
    assert build.steps == ("task a", "task clean", "task tell")


def test_an_ensure_that_fails_makes_its_step_fail(plans: Plans) -> None:
    build = plans.of([task("a", "true", ensure=task("clean", "exit 1")), task("b", "true")])
    assert (build.succeeded, build.steps) == (False, ("task a", "task clean"))


def test_attempts_end_with_the_first_success(plans: Plans) -> None:
    (plans.worker.folder / "tries").touch()
    plans.worker.outside.append(plans.worker.folder / "tries")
    script = (
        f'echo x >>{plans.worker.folder}/tries; [ "$(wc -l <{plans.worker.folder}/tries)" = 2 ]'
    )
    build = plans.of([task("a", script, attempts=3)])
    assert (build.succeeded, build.steps) == (True, ("task a", "task a"))


def test_steps_in_parallel_see_nothing_of_each_other(plans: Plans) -> None:
    def using(name: str, *, gives: bool) -> dict[str, Any]:
        found = task(name, "true" if gives else "ls out")
        found["config"] |= (
            {"outputs": [{"name": "out"}]} if gives else {"inputs": [{"name": "out"}]}
        )
        return found

    first, second = using("a", gives=True), using("b", gives=False)
    with pytest.raises(KeyError, match="out"):
        plans.of([{"in_parallel": [first, second]}])
    assert plans.of([{"in_parallel": [first]}, second]).succeeded


def test_all_steps_in_parallel_run_and_one_failure_fails_them(plans: Plans) -> None:
    build = plans.of([{"in_parallel": [task("a", "exit 1"), task("b", "true")]}, task("c", "true")])
    assert (build.succeeded, build.steps) == (False, ("task a", "task b"))


def test_an_undefined_variable_is_an_error(plans: Plans) -> None:
    step = task("a", "true")
    step["config"] |= {"params": {"TOKEN": "((nowhere.token))"}}
    with pytest.raises(UndefinedVariable, match=r"undefined vars: nowhere\.token"):
        plans.of([step])


# --- the keys of resources -----------------------------------------------------------------------

RESOURCES = [
    (where.name, each)
    for where in PIPELINES
    for each in read_pipeline(where.rendered(ROOT)).resources
]


@pytest.mark.parametrize(
    ("name", "resource"), RESOURCES, ids=[f"{n}-{r.name}" for n, r in RESOURCES]
)
def test_a_resource_has_the_keys_that_its_type_documents(name: str, resource: Resource) -> None:
    assert problems(resource) == []


def test_an_undocumented_key_and_a_missing_one_are_problems() -> None:
    wrong = Resource(name="r", type="git", source={"url": "x"})
    assert problems(wrong, {"fetch-tags": True}) == [
        "r: get params.fetch-tags",
        "r: source.uri is missing",
        "r: source.url is not documented",
    ]


def test_every_job_is_run_by_a_test_of_this_file() -> None:
    here = Path(__file__).read_text()
    missing = []
    for where in PIPELINES:
        for job in read_pipeline(where.rendered(ROOT)).jobs:
            name = job.name.removesuffix("-edge-image").removeprefix("build-")
            if f'"{job.name}"' not in here and f'"{name}"' not in here:
                missing.append(job.name)
    assert missing == []
