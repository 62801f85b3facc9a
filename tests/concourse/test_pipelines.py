"""The committed pipelines: clean, rendered from what lies beside them, shaped as specified."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.concourse import deployments
from promoter.concourse.checks.checks import check
from promoter.concourse.graph import direct, edges
from promoter.concourse.parser import read_pipeline
from promoter.concourse.pipelines import PLACES, PipelineFiles, places
from promoter.concourse.schema import Put, Task
from promoter.concourse.templates import REMEDY, render

ROOT = Path(__file__).parents[2]
IDS = [place.name for place in PLACES]
YTT = shutil.which("ytt")


def test_every_pipeline_is_there() -> None:
    assert places(ROOT) == PLACES


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_nothing_is_found_in_it(place: PipelineFiles) -> None:
    assert [str(finding) for finding in check(place, ROOT)] == []


@pytest.mark.skipif(YTT is None, reason="ytt is not on PATH, and no package registry has it")
@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_it_is_what_ytt_gives(place: PipelineFiles) -> None:
    assert render(place, ROOT, Path(YTT or "")) == place.rendered(ROOT).read_text(), REMEDY


def test_every_environment_of_ceplers_files_is_a_job_in_serial() -> None:
    pipeline = read_pipeline(deployments.DEPLOYMENTS.rendered(ROOT))
    assert [job.name for job in pipeline.jobs] == [job.name for job in deployments.jobs(ROOT)]
    assert all(job.serial for job in pipeline.jobs)
    assert deployments.values_file(ROOT).read_text() == deployments.values(ROOT), REMEDY


def test_an_environment_is_recorded_by_the_last_step_only_after_its_deploy() -> None:
    pipeline = read_pipeline(deployments.DEPLOYMENTS.rendered(ROOT))
    for job in pipeline.jobs:
        task, put = job.plan[-2:]
        assert isinstance(task, Task)
        assert task.task == "deploy"
        assert isinstance(put, Put)
        assert put.put == f"{job.name}-out"
        # No hook can run it after a failure.
        assert [step for step in pipeline.steps(job) if isinstance(step, Put)] == [put]
        assert not job.hooks()
        assert not task.hooks()


# Seed 004, step 2: the chain of the release; the promote-rc pull request is what lies
# between open-promote-rc-pr and release.
RELEASE = {
    ("test-integration", "build-rc"),
    ("test-bats", "build-rc"),
    ("flake-check", "build-rc"),
    ("build-rc", "open-promote-rc-pr"),
    ("open-promote-rc-pr", "release"),
    ("release", "bump-image-in-chart"),
}


def edges_of(name: str) -> set[tuple[str, str]]:
    place = next(place for place in PLACES if place.name == name)
    return set(direct(edges(read_pipeline(place.rendered(ROOT)))))


def test_the_release_has_the_graph_of_the_seed() -> None:
    found = edges_of("lana-bank")
    images = {edge for edge in found if edge[0].startswith("build-") and edge[1] == "build-rc"}
    assert found - images == RELEASE
    assert {before for before, _ in images} == {
        "build-admin-panel-edge-image",
        "build-customer-portal-edge-image",
        "build-dagster-edge-image",
    }


def test_the_chart_is_bumped_in_deployments_once_its_testflight_passed() -> None:
    assert edges_of("galoy-private-charts") == {("testflight", "bump-lana-bank-in-deployments")}
