from __future__ import annotations

from tests.lint.repository import Repository

OTHER = "deployment: other\nenvironments:\n  demo:\n    latest: [qa/*]\n"


def test_names_of_their_own_are_fine(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER})
    assert repository.findings("ambiguous-name") == []


def test_an_environment_that_another_file_has(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("demo", "production")})
    (found,) = repository.findings("ambiguous-name")
    assert found.file == "cepler/other.yml"
    assert found.what == (
        "cepler/app.yml has environment production, too, so it is open whose rules hold"
    )


def test_a_deployment_that_another_file_has(repository: Repository) -> None:
    repository.commit({"cepler/other.yml": OTHER.replace("other", "app")})
    assert repository.told("ambiguous-name") == [
        "cepler/app.yml has deployment app, too, so it is open whose rules hold"
    ]
