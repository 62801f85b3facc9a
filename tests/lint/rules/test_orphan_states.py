from __future__ import annotations

from tests.lint.repository import STATE, Repository


def test_states_of_environments_that_there_are(repository: Repository) -> None:
    repository.commit({f"cepler/.cepler/app/{name}.state": STATE for name in ("staging", "qa")})
    assert repository.findings("orphan-state") == []


def test_the_state_of_an_environment_that_is_gone(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/demo.state": STATE})
    (found,) = repository.findings("orphan-state")
    assert found.file == "cepler/.cepler/app/demo.state"
    assert found.what == "no file of cepler/ has environment demo of app"


def test_the_states_of_a_deployment_that_was_renamed(repository: Repository) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE})
    repository.config("deployment: app", "deployment: application")
    assert repository.told("orphan-state") == ["no file of cepler/ has environment qa of app"]


def test_whose_a_state_is_is_not_guessed_while_a_cepler_file_is_broken(
    repository: Repository,
) -> None:
    repository.commit({"cepler/.cepler/app/qa.state": STATE, "cepler/app.yml": "environments: [\n"})
    assert repository.findings("orphan-state") == []
