"""The GitHub workflows: clean to actionlint and zizmor, pinned, bounded, with few rights."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.concourse.test_pipelines import ROOT

REPOSITORIES = (ROOT, ROOT / "upstream" / "lana-bank", ROOT / "upstream" / "galoy-private-charts")
NAMES = ["galoy-deployments", "lana-bank", "galoy-private-charts"]
WORKFLOWS = [file for each in REPOSITORIES for file in (each / ".github/workflows").glob("*.yml")]
LANA = REPOSITORIES[1] / ".github"
BIN = ROOT / ".venv" / "bin"
PINNED = re.compile(r"^\s+(?:- )?uses: (?P<action>\S+)@(?P<commit>[0-9a-f]{40}) # (?P<tag>v\S+)$")


def document(file: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    found = yaml.safe_load(file.read_text())
    return {"on" if key is True else key: value for key, value in found.items()}


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in document(file)["jobs"].values() for step in job["steps"]]


def evaluated(value: Any, settings: Mapping[str, str]) -> str:
    """Return ``value`` with each ``${{ }}`` replaced; a name without a value is an error."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: settings[found[1]], str(value))


def names(files: list[Path]) -> list[str]:
    return [str(file.relative_to(ROOT)) for file in files]


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(BIN))
    assert found, f"{name} is of the locked requirements: run make .venv/installed"
    return found


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from the Go module that dev/lint pins; Go caches the build."""
    target = tmp_path_factory.mktemp("actionlint") / "actionlint"
    package = "github.com/rhysd/actionlint/cmd/actionlint"
    subprocess.run(
        ["go", "build", "-o", str(target), package],
        cwd=ROOT / "dev" / "lint" / "actionlint",
        check=True,
        timeout=300,
    )
    return target


@pytest.mark.parametrize("repository", REPOSITORIES, ids=NAMES)
def test_actionlint_and_shellcheck_find_nothing(repository: Path, actionlint: Path) -> None:
    files = sorted((repository / ".github" / "workflows").glob("*.yml"))
    assert files
    done = subprocess.run(
        [str(actionlint), "-shellcheck", program("shellcheck"), "-no-color", *map(str, files)],
        # It asks git for nothing, but finds the repository's own actions from its root.
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("repository", REPOSITORIES, ids=NAMES)
def test_zizmor_finds_nothing_at_its_strictest(repository: Path) -> None:
    folder = repository / ".github"
    flags = ["--offline", "--persona=auditor", "--no-progress", "--format=plain", "--quiet"]
    done = subprocess.run(
        [program("zizmor"), *flags, "--config", str(folder / "zizmor.yml"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", WORKFLOWS, ids=names(WORKFLOWS))
def test_every_action_is_pinned_to_a_commit_with_its_version(file: Path) -> None:
    for line in file.read_text().splitlines():
        if re.search(r"^\s+(- )?uses:", line) and "uses: ./" not in line:
            assert PINNED.match(line), line


def test_an_action_has_one_commit_everywhere() -> None:
    files = [*WORKFLOWS, *LANA.glob("actions/*/action.yml")]
    found = {
        (match["action"].partition("/init")[0].partition("/analyze")[0], match["commit"])
        for file in files
        for line in file.read_text().splitlines()
        if (match := PINNED.match(line))
    }
    assert len(found) == len({action for action, _ in found}), sorted(found)


def test_a_container_is_our_task_image_by_its_digest() -> None:
    jobs = [job for file in WORKFLOWS for job in document(file)["jobs"].values()]
    found = {job["container"]["image"] for job in jobs if "container" in job}
    assert found == {"us.gcr.io/galoyorg/promoter@${{ vars.PROMOTER_IMAGE_DIGEST }}"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=names(WORKFLOWS))
def test_rights_time_and_concurrency_are_bounded(file: Path) -> None:
    found = document(file)
    assert found["permissions"] == {}
    assert found["concurrency"]["group"]
    for job in found["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 120
        assert "permissions" in job
        assert "write-all" not in str(job["permissions"])


@pytest.mark.parametrize("file", WORKFLOWS, ids=names(WORKFLOWS))
def test_untrusted_text_reaches_a_shell_only_as_a_variable(file: Path) -> None:
    for step in steps(file):
        assert "${{" not in step.get("run", ""), step["name"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=names(WORKFLOWS))
def test_every_script_exists(file: Path) -> None:
    repository = file.parents[2]
    for step in steps(file):
        for script in re.findall(r"\b\.?ci/[\w/-]+", step.get("run", "")):
            if script != "ci/run":
                assert (repository / script).stat().st_mode & 0o111, script


def code_of(step: dict[str, Any], repository: Path) -> str:
    """Return what a step runs: its commands and the scripts of the repository among them."""
    run = str(step.get("run", ""))
    scripts = [repository / name for name in re.findall(r"\b\.?ci/[\w/-]+", run)]
    return "\n".join([run, *(each.read_text() for each in scripts if each.is_file())])


@pytest.mark.parametrize("file", WORKFLOWS, ids=names(WORKFLOWS))
def test_every_variable_of_a_step_is_read(file: Path) -> None:
    """By its commands, by promoter, by one of its modules of Terraform, or by its action."""
    promoter = "".join(each.read_text() for each in (ROOT / "promoter").rglob("*.py"))
    module = "".join(each.read_text() for each in file.parents[2].glob("tf/*/*.tf"))
    for job in document(file)["jobs"].values():
        everything = "\n".join(code_of(step, file.parents[2]) for step in job["steps"])
        scopes = [(job, everything), *((s, code_of(s, file.parents[2])) for s in job["steps"])]
        for scope, code in scopes:
            for name in scope.get("env", {}):
                variable = f'variable "{name.removeprefix("TF_VAR_")}"'
                read = re.search(rf"\$\{{?{name}\b", code) or (
                    "promoter" in code and f'"{name}"' in promoter
                )
                assert read or variable in module, f"{scope.get('name')}: nothing reads {name}"


def test_the_application_has_the_checks_of_the_seed() -> None:
    checks = (
        "nextest bats cypress check-code-apps flake-check codeql pnpm-audit data-pipeline"
        " cocogitto spelling lana-bank-docs promote-rc-file-check"
    )
    assert {file.stem for file in (LANA / "workflows").glob("*.yml")} == set(checks.split())
    for file in (LANA / "workflows").glob("*.yml"):
        assert "pull_request" in document(file)["on"]


def test_jobs_with_nix_read_the_cache_and_never_write_it() -> None:
    action = yaml.safe_load((LANA / "actions/setup-nix/action.yml").read_text())
    (cachix,) = (each for each in action["runs"]["steps"] if "cachix" in each.get("uses", ""))
    assert cachix["with"]["name"] == "galoymoney"
    assert cachix["with"]["skipPush"] is True
    for file in (LANA / "workflows").glob("*.yml"):
        found = steps(file)
        runs_nix = any("nix " in each.get("run", "") for each in found)
        prepared = any(each.get("uses") == "./.github/actions/setup-nix" for each in found)
        assert not runs_nix or prepared, file.name


def test_the_throwaway_datasets_are_always_removed() -> None:
    found = steps(LANA / "workflows" / "data-pipeline.yml")
    assert found[-1]["run"] == "ci/tasks/bigquery down"
    assert found[-1]["if"] == "${{ always() && steps.changes.outputs.found }}"


def test_the_data_pipeline_has_every_variable_of_its_terraform_module() -> None:
    module = (LANA.parent / "tf" / "bq-setup" / "main.tf").read_text()
    declared = re.findall(r'variable "(\w+)" \{([^}]*)\}', module)
    required = {f"TF_VAR_{name}" for name, body in declared if "default" not in body}
    job = document(LANA / "workflows" / "data-pipeline.yml")["jobs"]["data-pipeline"]
    assert required == set(job["env"])
