"""ci/deployments follows the cepler files, and reports their errors."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from policies.stack import CheckedStack
from promoter.common.environment import BACKENDS, PROVIDERS
from promoter.common.errors import InvalidFile, ProgramMissing
from promoter.concourse import deployments
from promoter.concourse.pipelines import checksums_of
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
def test_a_job_passes_the_credentials_that_its_stack_requires_and_no_others(
    name: str, stacks: dict[str, CheckedStack]
) -> None:
    terraform, params = stacks[name].content["terraform"], set(jobs_of_the_pipeline()[name])
    providers = set(terraform["required_providers"]) | {
        BACKENDS[backend] for backend in terraform["backend"]
    }
    required = {each: set(PROVIDERS[each].split()) for each in providers if each in PROVIDERS}
    # The task writes this document to the file that KUBECONFIG names.
    passed = params | ({"KUBECONFIG"} if "KUBECONFIG_DOCUMENT" in params else set())
    missing = {provider for provider, names in required.items() if not names & passed}
    assert missing == set()
    known = {each for names in PROVIDERS.values() for each in names.split()}
    assert (params & known) - set().union(*required.values()) == set()


def test_every_provider_of_a_stack_has_its_variables_declared(
    stacks: dict[str, CheckedStack],
) -> None:
    required = {
        provider
        for stack in stacks.values()
        for provider in stack.content["terraform"]["required_providers"]
    }
    assert required - {"random"} <= set(PROVIDERS), "random has no credentials"
