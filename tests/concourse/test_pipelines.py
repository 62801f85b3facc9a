"""The committed pipelines: free of findings, rendered from their templates, as specified."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TypeGuard

import pytest

from promoter.concourse import deployments
from promoter.concourse.checks import check
from promoter.concourse.journey import direct_edges
from promoter.concourse.pipelines import (
    PIPELINES,
    REMEDY,
    PipelineFiles,
    existing_pipelines,
    render,
)
from promoter.concourse.schema import Get, Put, Task, Try, read_pipeline

ROOT = Path(__file__).parents[2]
IDS = [files.name for files in PIPELINES]
YTT = shutil.which("ytt")


def test_every_pipeline_exists() -> None:
    assert existing_pipelines(ROOT) == PIPELINES


@pytest.mark.parametrize("files", PIPELINES, ids=IDS)
def test_it_has_no_findings(files: PipelineFiles) -> None:
    assert [str(finding) for finding in check(files, ROOT)] == []


@pytest.mark.skipif(YTT is None, reason="ytt is not on PATH, and no package registry has it")
@pytest.mark.parametrize("files", PIPELINES, ids=IDS)
def test_it_is_the_output_of_ytt(files: PipelineFiles) -> None:
    assert render(files, ROOT, Path(YTT or "")) == files.rendered(ROOT).read_text(), REMEDY


def test_every_environment_of_the_cepler_files_is_a_serial_job() -> None:
    pipeline = read_pipeline(deployments.DEPLOYMENTS.rendered(ROOT))
    assert [job.name for job in pipeline.jobs] == [job.name for job in deployments.jobs(ROOT)]
    assert all(job.serial for job in pipeline.jobs)
    assert deployments.values_file(ROOT).read_text() == deployments.values(ROOT), REMEDY


def test_an_environment_is_recorded_after_its_deploy_and_then_reported() -> None:
    pipeline = read_pipeline(deployments.DEPLOYMENTS.rendered(ROOT))
    for job in pipeline.jobs:
        task, put, report = job.plan[-3:]
        assert isinstance(report, Try), "a report that fails would fail a recorded deploy"
        assert isinstance(task, Task)
        assert task.task == "deploy"
        assert isinstance(put, Put)
        assert put.put == f"{job.name}-out"
        # No hook can run it after a failure.
        assert [step for step in pipeline.steps(job) if isinstance(step, Put)] == [put]
        assert not job.hooks()
        assert not task.hooks()


# Seed 004, step 2: the chain of the release; the promote-rc pull request is
# between open-promote-rc-pr and release.
RELEASE = {
    ("test-integration", "build-rc"),
    ("test-bats", "build-rc"),
    ("flake-check", "build-rc"),
    ("build-rc", "open-promote-rc-pr"),
    ("open-promote-rc-pr", "release"),
    ("release", "bump-image-in-chart"),
    ("build-rc", "bump-image-in-chart-rc"),
}


def edges_of(name: str) -> set[tuple[str, str]]:
    files = next(files for files in PIPELINES if files.name == name)
    return set(direct_edges(read_pipeline(files.rendered(ROOT)).edges()))


def test_the_release_has_the_graph_of_the_seed() -> None:
    found = edges_of("lana-bank")
    images = {edge for edge in found if edge[0].startswith("build-") and edge[1] == "build-rc"}
    assert found - images == RELEASE
    assert {before for before, _ in images} == {
        "build-admin-panel-edge-image",
        "build-customer-portal-edge-image",
        "build-dagster-edge-image",
    }


def test_a_release_is_pinned_once_its_job_has_passed_a_candidate_when_somebody_starts_it() -> None:
    files = next(files for files in PIPELINES if files.name == "lana-bank")
    pipeline = read_pipeline(files.rendered(ROOT))
    pinned = {
        job.name: [(step.trigger, step.passed) for step in pipeline.steps(job) if is_version(step)]
        for job in pipeline.jobs
        if job.name.startswith("bump-image-in-chart")
    }
    assert pinned == {
        "bump-image-in-chart": [(True, ("release",))],
        "bump-image-in-chart-rc": [(False, ("build-rc",))],
    }


def is_version(step: object) -> TypeGuard[Get]:
    return isinstance(step, Get) and step.get == "version"


def test_every_task_image_is_ours_or_public() -> None:
    """Images of other registries are pulled without a login, and need none."""
    found = {
        (source["repository"], "username" in source)
        for pipeline in [read_pipeline(files.rendered(ROOT)) for files in PIPELINES]
        for job in pipeline.jobs
        for step in pipeline.steps(job)
        if isinstance(step, Task)
        for source in [step.config.image_resource.source]
    }
    assert found == {
        ("us.gcr.io/galoyorg/promoter", True),
        ("ghcr.io/nix-community/docker-nixpkgs/cachix-flakes", False),
        ("concourse/oci-build-task", False),
        ("golang", False),
    }


def test_the_chart_is_bumped_in_deployments_after_its_testflight() -> None:
    assert edges_of("galoy-private-charts") == {("testflight", "bump-lana-bank-in-deployments")}
