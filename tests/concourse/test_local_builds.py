"""A chart's commit goes through its pipeline and the deployments' to QA, on the embedded platform.

The jobs, their scripts and promoter are real. The deploy jobs are those of the clouds, with the
environments of the platform `local` in their place. Fakes: GitHub (bare repositories), the
registries (the platform's own), the nodes (kwok), and Terraform for the testflight, which has no
vault here: it is provisioned through kubectl, without keys. `make test-providers` runs the same
with Terraform and a vault (tests/providers/test_whole_chain.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest
import yaml

from dev.people import ENGINEER
from dev.scene import Scene, next_chart_version
from promoter.common.environment import PROVIDERS
from promoter.concourse.schema import Pipeline, parse_pipeline
from promoter.forge.local import LocalForge
from promoter.git import Git
from promoter.programs.helm import Helm
from promoter.programs.registry import MIRROR_VARIABLE
from promoter.release.upstream import export
from promoter.testflight.chart import content_hash
from promoter.toolchain.cache import default_cache
from tests.concourse.build import Build, Engine
from tests.concourse.isolation import wheel_bin
from tests.concourse.resource_types import Cepler, GitRepository, ResourceType
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_preview import gates
from tests.concourse.worker import Worker, pipeline_files
from tests.scene_fixture import scene_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# The environments of the platform `local` in the place of those of a cloud.
STAND_INS = {
    "gcp-galoy-staging": "local-staging",
    "gcp-volcano-qa": "local-qa",
    "cepler/lana-bank.yml": "cepler/local.yml",
    "gates_file: lana-bank.yml": "gates_file: local.yml",
}


class LocalDeployments(Engine):
    """The deployments' pipeline with a job for local-staging and one for local-qa."""

    @cached_property
    def pipeline(self) -> Pipeline:  # type: ignore[override]
        text = pipeline_files(self.name).rendered(ROOT).read_text()
        for cloud, local in STAND_INS.items():
            text = text.replace(cloud, local)
        document: dict[str, Any] = yaml.safe_load(text)
        names = ("local-staging", "local-qa")
        document["groups"] = [{"name": "local", "jobs": list(names)}]
        document["jobs"] = [each for each in document["jobs"] if each["name"] in names]
        document["resources"] = [
            each
            for each in document["resources"]
            if each["name"] == "pipeline-tasks" or each["name"].startswith(names)
        ]
        credentials = {name for each in PROVIDERS.values() for name in each.split()}
        for job in document["jobs"]:
            params = next(each for each in job["plan"] if "task" in each)["config"]["params"]
            for name in credentials & params.keys():
                del params[name]
        return parse_pipeline(document, "the deployments' pipeline")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The three repositories, the platform, and a commit of the chart with pinned images."""
    with scene_in(tmp_path_factory.mktemp("scene")) as scene:
        scene.build()
        pinned = scene.pin(scene.chart_file("values.yaml"), scene.images())
        newer = next_chart_version(scene.chart_file("Chart.yaml"))
        scene.change_chart("feat(chart): pins", {"values.yaml": pinned, "Chart.yaml": newer})
        yield scene


@pytest.fixture(scope="module")
def worker(scene: Scene) -> Worker:
    folder = scene.folder / "worker"
    folder.mkdir()
    made = Worker(folder, outside=[scene.folder / "remotes", default_cache()])
    # The programs that the task image has, as this machine's cache has them.
    made.network = {
        "XDG_CACHE_HOME": str(default_cache().parent),
        MIRROR_VARIABLE: scene.variables[MIRROR_VARIABLE],
    }
    made.git_config = scene.folder / "remotes.gitconfig"
    address = f"url.{scene.folder}/remotes/.insteadOf"
    for prefix in ("git@github.com:GaloyMoney/", "https://github.com/GaloyMoney/"):
        Git(scene.folder).text("config", "--file", str(made.git_config), "--add", address, prefix)
    made.signing(scene.toolchain.program("cosign"))
    kubeconfig = scene.running().kubeconfig.read_text()
    for name in ("staging", "local-staging", "local-qa"):
        made.values[f"{name}.kubeconfig"] = kubeconfig
    made.values["testflight.signing_key"] = (scene.people.folder / ENGINEER).read_text()
    for name in ("crane", "helm", "kubectl", "tofu"):
        made.programs.append(scene.toolchain.program(name).parent)
    return made


def bare(scene: Scene, name: str) -> Git:
    return Git(scene.folder / "remotes" / f"{name}.git")


def flying(worker: Worker, *edits: str) -> None:
    """Let the worker's promoter run testflights with arguments that shell lines change."""
    lines = [f"  {edit}\n" for edit in (*edits, 'set -- "$@" --only-pinned')]
    fake = f'if [ "$1 $2" = "testflight run" ]; then\n{"".join(lines)}fi\n'
    worker.fake("promoter", f'{fake}exec {wheel_bin()}/promoter "$@"\n')


def with_remotes(engine: Engine, scene: Scene) -> Engine:
    """Give the charts' pipeline the repositories of the scene, and the scripts of its tasks."""
    export(ROOT / "upstream" / "galoy-private-charts", scene.folder / "tasks.git")
    found: dict[str, ResourceType] = {}
    for each in engine.pipeline.resources:
        name = str(each.source["uri"]).rpartition("/")[2].removesuffix(".git")
        found[each.name] = GitRepository(bare(scene, name).dir, each.source)
    tasks = {"branch": "main", "paths": ["ci/tasks"]}
    engine.resources = found | {"pipeline-tasks": GitRepository(scene.folder / "tasks.git", tasks)}
    return engine


@pytest.fixture(scope="module")
def charts(scene: Scene, worker: Worker) -> Engine:
    by_kubectl = "s/ --provisioner terraform//; s/ --keys-from [^ ]*//"
    said = 'echo "fake: provisioned through kubectl, without keys" >&2'
    flying(worker, said, f'set -- $(printf "%s" "$*" | sed "{by_kubectl}")')
    return with_remotes(Engine("galoy-private-charts", worker, {}), scene)


@pytest.fixture(scope="module")
def deployments(scene: Scene, worker: Worker) -> Engine:
    remote = bare(scene, "galoy-deployments")
    tip = remote.commit("refs/heads/cepler-gates")
    opened = {"local.yml": gates(ROOT / "cepler/local.yml").encode()}
    remote.text(
        "update-ref",
        "refs/heads/cepler-gates",
        remote.commit_files(tip, opened, "chore: every gate is open"),
    )
    deployer = (scene.people.folder / ENGINEER).read_text()
    made = LocalDeployments("galoy-deployments", worker, {})
    made.resources = {
        each.name: Cepler(remote.dir, each.source, scene.folder, deployer)
        if each.type.startswith("cepler")
        else GitRepository(remote.dir, each.source)
        for each in made.pipeline.resources
    }
    return made


def test_a_commit_of_the_chart_is_tested_vendored_and_deployed_to_staging_and_qa(
    scene: Scene, charts: Engine, deployments: Engine
) -> None:
    require_deployed(scene, charts, deployments)


def require_deployed(scene: Scene, charts: Engine, deployments: Engine) -> Build:
    """Let the newest commit of the chart go to QA; return the build of its testflight."""
    tested = charts.succeed("testflight")
    bumped = charts.succeed("bump-lana-bank-in-deployments")
    ref = bumped.versions["charts-repo"]["ref"]
    remote = bare(scene, "galoy-deployments")
    vendir = (remote.file("refs/heads/main", "vendir.yml") or b"").decode()
    assert re.search(rf"ref: {ref}", vendir)

    helm = Helm(scene.toolchain.program("helm"), scene.running().kubeconfig)
    Git(scene.clone).text("pull", "--quiet", "origin", "main")
    content = content_hash(scene.clone / "charts" / "lana-bank")
    for name in ("local-staging", "local-qa"):
        deployments.succeed(name)
        namespace = name.replace("local", "lana-bank")
        assert helm.values("lana-bank", namespace)["chartHash"] == content
        assert remote.file("refs/heads/main", f"cepler/.cepler/local/{name}.state")
        states = [str(each.state) for each in LocalForge(remote).deployments(name)]
        assert states[:2] == ["success", "in_progress"]
    return tested
