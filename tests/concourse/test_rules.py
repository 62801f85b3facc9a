"""CODEOWNERS, branch rulesets and Renovate's configuration."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dev.rulesets import CHARTS, REPOSITORIES, committed, files, required_checks, rulesets
from promoter.common.errors import InvalidFile
from tests.concourse.ruleset_schema import CommittedRuleset, Ruleset
from tests.concourse.test_pipelines import ROOT
from tests.concourse.test_workflows import document, program

GITHUB = ROOT / ".github"
REMEDY = "run make generated"


def ruleset(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GITHUB / "rulesets" / f"{name}.json").read_text())
    assert found["name"] == name
    branch = name.removesuffix("-reviews")
    assert found["conditions"]["ref_name"]["include"] == [f"refs/heads/{branch}"]
    assert found["enforcement"] == "active"
    return found


def rules(name: str) -> dict[str, dict[str, Any]]:
    return {rule["type"]: rule.get("parameters", {}) for rule in ruleset(name)["rules"]}


@pytest.mark.parametrize("name", ["main", "cepler-gates"])
def test_history_is_never_rewritten(name: str) -> None:
    assert {"deletion", "non_fast_forward"} <= set(rules(name))


def test_main_requires_reviews() -> None:
    found = rules("main-reviews")
    assert found["pull_request"]["require_code_owner_review"]
    assert found["pull_request"]["required_approving_review_count"] >= 1


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda each: each.name)
def test_the_ruleset_of_main_is_the_generated_one(repository: Path) -> None:
    for name in ("main", "main-reviews"):
        file = repository / ".github" / "rulesets" / f"{name}.json"
        assert file.read_text() == files()[file], REMEDY
        CommittedRuleset.model_validate_json(file.read_bytes())


def test_only_the_deploy_key_moves_the_pins_of_our_images() -> None:
    found = ruleset("image-pins")
    assert found == json.loads(files()[GITHUB / "rulesets" / "image-pins.json"]), REMEDY
    assert [actor["actor_type"] for actor in found["bypass_actors"]] == ["DeployKey"]
    assert {"update", "deletion", "non_fast_forward"} <= set(rules("image-pins"))


@pytest.mark.parametrize(
    ("repository", "checks"),
    [
        (ROOT, {"ci", "gate"}),
        (REPOSITORIES[1], {"nextest", "data-pipeline", "promote-rc-file-check"}),
        (REPOSITORIES[2], {"chart"}),
    ],
    ids=lambda each: each.name if isinstance(each, Path) else "",
)
def test_every_check_of_a_pull_request_is_required(repository: Path, checks: set[str]) -> None:
    required = required_checks(repository)
    assert checks <= set(required)
    assert not {name for name in required if "$" in name}
    assert len(set(required)) == len(required)


def test_no_workflow_has_a_filter_that_would_keep_a_required_check_from_reporting() -> None:
    for repository in REPOSITORIES:
        for file in (repository / ".github" / "workflows").glob("*.yml"):
            trigger = document(file)["on"].get("pull_request") or {}
            assert not {"paths", "paths-ignore"} & set(trigger), file


def test_the_bot_bypasses_the_reviews_of_the_charts_alone() -> None:
    for repository in REPOSITORIES:
        bypassed = [
            one["name"]
            for one in rulesets(repository)
            for actor in one["bypass_actors"]
            if actor["actor_type"] != "DeployKey"
        ]
        assert bypassed == (["main-reviews"] if repository == CHARTS else [])


def test_only_the_deploy_key_bypasses_main_and_nothing_bypasses_the_gates() -> None:
    for name in ("main", "main-reviews"):
        assert [actor["actor_type"] for actor in ruleset(name)["bypass_actors"]] == ["DeployKey"]
    assert ruleset("cepler-gates")["bypass_actors"] == []
    assert "required_signatures" in rules("cepler-gates")


@pytest.mark.parametrize("repository", REPOSITORIES, ids=lambda each: each.name)
def test_a_required_check_that_no_workflow_reports_is_refused(
    repository: Path, tmp_path: Path
) -> None:
    """GitHub would wait for it for ever, so `make rulesets` changes nothing."""
    shutil.copytree(repository / ".github", tmp_path / ".github")
    assert len(committed(tmp_path)) == len(list((tmp_path / ".github/rulesets").iterdir()))
    file = tmp_path / ".github" / "rulesets" / "main.json"
    found = json.loads(file.read_text())
    (checks,) = (each for each in found["rules"] if each["type"] == "required_status_checks")
    checks["parameters"]["required_status_checks"].append({"context": "renamed"})
    file.write_text(json.dumps(found))
    with pytest.raises(InvalidFile, match="no workflow reports the required check 'renamed'"):
        committed(tmp_path)


@pytest.mark.parametrize("name", ["main", "cepler-gates", "image-pins"])
def test_a_ruleset_fits_githubs_schema(name: str) -> None:
    Ruleset.model_validate_json((GITHUB / "rulesets" / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"enforcement": "on"}, "enforcement"),
        ({"rules": [{"type": "deletions"}]}, "rules.0"),
        ({"rules": [{"type": "deletion", "parameters": {}}]}, "parameters"),
        ({"rules": [{"type": "pull_request", "parameters": {}}]}, "required_approving"),
        ({"conditions": {"ref_name": {"include": ["main"], "exclude": []}}}, "include.0"),
        (
            {
                "bypass_actors": [
                    {"actor_id": 1, "actor_type": "DeployKey", "bypass_mode": "always"}
                ]
            },
            "a DeployKey has no actor_id",
        ),
        ({"bypass": []}, "bypass"),
    ],
)
def test_an_invalid_ruleset_is_found(change: dict[str, Any], place: str) -> None:
    text = json.dumps({**ruleset("main"), **change})
    with pytest.raises(ValidationError, match=place):
        Ruleset.model_validate_json(text)


def owned_paths() -> list[list[str]]:
    lines = (GITHUB / "CODEOWNERS").read_text().splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "package",
    ["approvals", "cepler", "deploy", "gate", "git", "lint", "site", "synthesis"],
)
def test_the_gate_belongs_to_the_release_approvers(package: str) -> None:
    """Code that decides, approves or records could deploy anything."""
    assert [f"/promoter/{package}/", "@GaloyMoney/release-approvers"] in owned_paths()


@pytest.mark.parametrize("folder", ["cepler", "policies", "ci", ".ci", ".github"])
def test_the_rules_and_what_runs_with_secrets_belong_to_the_release_approvers(folder: str) -> None:
    assert [f"/{folder}/", "@GaloyMoney/release-approvers"] in owned_paths()


def test_every_path_with_an_owner_exists() -> None:
    owned = owned_paths()
    assert owned[0][0] == "*"
    for path, *owners in owned:
        assert owners
        assert all(re.fullmatch(r"@GaloyMoney/[a-z-]+", owner) for owner in owners)
        assert path == "*" or (ROOT / path.strip("/")).exists(), path


def test_renovates_configuration_fits_its_schema() -> None:
    command = [program("check-jsonschema"), "--builtin-schema", "vendor.renovate"]
    done = subprocess.run(
        [*command, str(GITHUB / "renovate.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_in_renovates_configuration_exists() -> None:
    found = json.loads((GITHUB / "renovate.json").read_text())
    for rule in found["packageRules"]:
        for name in rule.get("matchFileNames", []):
            assert (ROOT / Path(name.removesuffix("/**"))).exists(), name
