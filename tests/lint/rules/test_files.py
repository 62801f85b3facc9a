"""Rules for cepler files and state files."""

from __future__ import annotations

import pytest

from tests.lint.repository import CONFIG, STATE, Repository

STATE_FILE = "cepler/.cepler/app/staging.state"


def test_valid_files_pass(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE})
    assert repository.findings("invalid-file") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("environments: [\n", "line 2: not YAML"),
        ("deployment: app\n", "environments is missing"),
        (CONFIG.replace("passed: qa", "passed: nowhere"), "line 9: environment production"),
        (CONFIG.replace("qa/*", "qa/***"), "environment qa: pattern 'qa/***'"),
        ("", "the file is empty"),
        ("<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n", "line 2: not YAML"),
    ],
)
def test_an_invalid_cepler_file(repository: Repository, content: str, reason: str) -> None:
    repository.commit({"cepler/app.yml": content})
    (found,) = repository.findings("invalid-file")
    assert found.place == "cepler/app.yml"
    assert reason in found.reason
    assert found.next_step


def test_the_other_cepler_files_are_still_checked(repository: Repository) -> None:
    repository.commit({"cepler/broken.yml": "environments: [\n"})
    repository.config("passed: staging", "passed: production")
    assert [found.place for found in repository.findings("invalid-file")] == ["cepler/broken.yml"]
    assert repository.findings("passed-cycle")


def test_an_invalid_state_file(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE.replace("version: 1", "version: one")})
    (found,) = repository.findings("invalid-file")
    assert found.place == STATE_FILE
    assert found.reason.startswith("line 2: version must be a number")


OTHER = "deployment: other\nenvironments:\n  demo:\n    latest: [qa/*]\n"


def test_unique_names_pass(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER})
    assert repository.findings("ambiguous-name") == []


def test_an_environment_in_two_files(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("demo", "production")})
    (found,) = repository.findings("ambiguous-name")
    assert found.place == "cepler/other.yml"
    assert found.reason == (
        "cepler/app.yml has environment production too, so it is unclear which rules apply"
    )


def test_a_deployment_in_two_files(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("other", "app")})
    assert repository.reasons("ambiguous-name") == [
        "cepler/app.yml has deployment app too, so it is unclear which rules apply"
    ]


def test_states_of_existing_environments_pass(repository: Repository) -> None:
    repository.commit({f"cepler/.cepler/app/{name}.state": STATE for name in ("staging", "qa")})
    assert repository.findings("orphan-state") == []


def test_the_state_of_a_removed_environment(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/demo.state": STATE})
    (found,) = repository.findings("orphan-state")
    assert found.place == "cepler/.cepler/app/demo.state"
    assert found.reason == "no file in cepler/ has environment demo of app"


def test_the_states_of_a_renamed_deployment(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE})
    repository.config("deployment: app", "deployment: application")
    assert repository.reasons("orphan-state") == ["no file in cepler/ has environment qa of app"]


def test_no_state_is_an_orphan_while_a_cepler_file_is_invalid(
    repository: Repository,
) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE, "cepler/app.yml": "environments: [\n"})
    assert repository.findings("orphan-state") == []
