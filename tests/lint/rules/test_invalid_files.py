from __future__ import annotations

import pytest

from tests.lint.repository import CONFIG, STATE, Repository

STATE_FILE = "cepler/.cepler/app/staging.state"


def test_files_that_validate_are_fine(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE})
    assert repository.findings("invalid-file") == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("environments: [\n", "line 2: not YAML"),
        ("deployment: app\n", "environments is missing"),
        (CONFIG.replace("passed: qa", "passed: nowhere"), "line 9: environment production"),
        (CONFIG.replace("qa/*", "qa/***"), "environment qa: pattern 'qa/***'"),
        ("", "the file is empty"),
        ("<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n", "line 2: not YAML"),
    ],
)
def test_a_cepler_file_that_does_not_validate(
    repository: Repository, content: str, told: str
) -> None:
    repository.commit({"cepler/app.yml": content})
    (found,) = repository.findings("invalid-file")
    assert found.file == "cepler/app.yml"
    assert told in found.what
    assert found.next_step


def test_the_other_cepler_files_are_still_looked_at(repository: Repository) -> None:
    repository.commit({"cepler/broken.yml": "environments: [\n"})
    repository.config("passed: staging", "passed: production")
    assert [found.file for found in repository.findings("invalid-file")] == ["cepler/broken.yml"]
    assert repository.findings("passed-cycle")


def test_a_state_file_that_does_not_validate(repository: Repository) -> None:
    repository.commit({STATE_FILE: STATE.replace("version: 1", "version: one")})
    (found,) = repository.findings("invalid-file")
    assert found.file == STATE_FILE
    assert found.what.startswith("line 2: version must be a number")
