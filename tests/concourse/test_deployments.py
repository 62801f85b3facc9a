"""ci/deployments follows the cepler files, and reports their errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.stack import CheckedStack
from promoter.common.environment import (
    BACKENDS,
    PIPELINE,
    PLATFORMS,
    PROVIDERS,
    pipeline_credentials,
)
from promoter.common.errors import InvalidFile, ProgramMissing
from promoter.concourse import deployments
from promoter.concourse.pipelines import PIPELINES, checksums_of
from promoter.concourse.schema import Task, read_pipeline
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain
from tests.concourse.test_pipelines import ROOT


def cepler(root: Path, deployment: str, *environments: str, passed: str = "") -> None:
    lines = [f"deployment: {deployment}", "environments:"]
    for name in environments:
        lines += [f"  {name}:", "    latest: [a/*]"]
        if passed and name != passed:
            lines.append(f"    passed: {passed}")
    (root / "cepler").mkdir(exist_ok=True)
    (root / "cepler" / f"{deployment}.yml").write_text("\n".join(lines) + "\n")


def test_one_job_per_environment_but_none_for_the_embedded_platform(tmp_path: Path) -> None:
    cepler(tmp_path, "bank", "gcp-one", "azure-two", passed="gcp-one")
    cepler(tmp_path, "local", "local-one")
    assert [(job.name, job.passed, job.platform) for job in deployments.jobs(tmp_path)] == [
        ("gcp-one", None, "gcp"),
        ("azure-two", "gcp-one", "azure"),
    ]


def test_a_second_deployment_of_an_environment_has_the_name_of_its_stack(tmp_path: Path) -> None:
    cepler(tmp_path, "bank", "gcp-one")
    cepler(tmp_path, "monitor", "gcp-one", "gcp-two", passed="gcp-one")
    assert [(job.name, job.environment, job.passed) for job in deployments.jobs(tmp_path)] == [
        ("gcp-one", "gcp-one", None),
        ("gcp-one-monitor", "gcp-one", None),
        ("gcp-two", "gcp-two", "gcp-one-monitor"),
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("GCP-one", "in lower case|lower case letters"),
        ("gcp/one", "lower case letters, digits"),
        ("-gcp", "lower case letters, digits"),
        ("staging", "begins with no platform"),
    ],
)
def test_an_environment_that_cannot_be_a_job_is_an_error(
    tmp_path: Path, name: str, reason: str
) -> None:
    cepler(tmp_path, "bank", name)
    with pytest.raises(InvalidFile, match=rf"cepler/bank.yml: environments.{name}: .*({reason})"):
        deployments.jobs(tmp_path)


def test_generate_without_ytt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match="ytt is not on PATH") as raised:
        list(deployments.generate(ROOT))
    assert "carvel.dev/ytt" in raised.value.next_step


def test_the_checksums_change_with_a_template(tmp_path: Path) -> None:
    files = deployments.DEPLOYMENTS
    folder = files.path(tmp_path)
    (folder / "rendered").mkdir(parents=True)
    (folder / "pipeline.yml").write_text("jobs: []\n")
    (folder / "rendered" / "pipeline.yml").write_text("jobs: []\n")
    before = checksums_of(files, tmp_path)
    (folder / "pipeline.yml").write_text("jobs: [] \n")
    assert checksums_of(files, tmp_path) != before


def jobs_of_the_pipeline() -> dict[str, dict[str, str]]:
    """Return the variables of each rendered deploy job."""
    rendered = yaml.safe_load((ROOT / "ci/deployments/rendered/pipeline.yml").read_text())
    tasks = {
        job["name"]: [step for step in job["plan"] if "task" in step] for job in rendered["jobs"]
    }
    return {name: task["config"]["params"] for name, (task,) in tasks.items()}


@pytest.mark.parametrize("name", jobs_of_the_pipeline())
def test_a_job_passes_the_credentials_of_its_platform_and_no_others(name: str) -> None:
    """The credentials of its stack: see below, where every stack is synthesized."""
    params, platform = set(jobs_of_the_pipeline()[name]), name.partition("-")[0]
    known = {each for names in PROVIDERS.values() for each in names.split()}
    assert params & known == set(pipeline_credentials(PLATFORMS[platform]))


def providers_of(stack: Mapping[str, Any]) -> set[str]:
    """Return the providers that a synthesized stack requires, its backend's included."""
    terraform = stack["terraform"]
    backends = {BACKENDS[each] for each in terraform["backend"] if each in BACKENDS}
    return set(terraform["required_providers"]) | backends


@pytest.mark.parametrize("name", jobs_of_the_pipeline())
def test_a_job_passes_the_credentials_that_its_stack_requires_and_no_others(
    name: str, stacks: dict[str, CheckedStack]
) -> None:
    stack, params = stacks[name], set(jobs_of_the_pipeline()[name])
    providers = providers_of(stack.content)
    assert providers & PIPELINE.keys() == set(PLATFORMS[stack.platform])
    known = {each for names in PROVIDERS.values() for each in names.split()}
    assert params & known == set(pipeline_credentials(providers))
    assert "KUBECONFIG_DOCUMENT" in params


def test_a_testflight_passes_the_credentials_that_its_stack_requires_and_no_others(
    tmp_path: Path,
) -> None:
    charts = next(each for each in PIPELINES if each.name == "galoy-private-charts")
    pipeline = read_pipeline(charts.rendered(ROOT))
    (params,) = (
        step.config.params
        for step in pipeline.steps(pipeline.jobs[0])
        if isinstance(step, Task) and step.task == "testflight"
    )
    description = {"ref": "0" * 40, "created": 1, "keys_from": params["KEYS_FROM"]}
    (stack,) = App.of(ROOT, Toolchain(ROOT)).synthesize(
        tmp_path, variables={"TESTFLIGHT": json.dumps(description)}, module="stacks.testflight"
    )
    known = {each for names in PROVIDERS.values() for each in names.split()}
    assert params.keys() & known == set(pipeline_credentials(providers_of(stack.document)))


def test_every_provider_of_a_stack_has_its_variables_declared(
    stacks: dict[str, CheckedStack],
) -> None:
    required = {each for stack in stacks.values() for each in providers_of(stack.content)}
    assert required - {"random"} <= set(PROVIDERS), "random has no credentials"
