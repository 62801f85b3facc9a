from __future__ import annotations

from tests.lint.repository import CONFIG, Repository

PRODUCTION = CONFIG[CONFIG.index("  production:") :]


def test_an_environment_that_is_added_is_fine(repository: Repository) -> None:
    repository.config(PRODUCTION, f"{PRODUCTION}  demo:\n    latest: [qa/*]\n")
    assert repository.findings("environment-dropped", "HEAD~1") == []


def test_an_environment_that_is_gone(repository: Repository) -> None:
    repository.config(PRODUCTION, "")
    assert repository.told("environment-dropped", "HEAD~1") == ["production of app is dropped"]


def test_a_cepler_file_may_have_another_name(repository: Repository) -> None:
    repository.commit({"cepler/app.yml": None, "cepler/application.yml": CONFIG})
    assert repository.findings("environment-dropped", "HEAD~1") == []


def test_a_deployment_with_another_name_starts_anew(repository: Repository) -> None:
    repository.config("deployment: app", "deployment: other")
    assert len(repository.findings("environment-dropped", "HEAD~1")) == 3


def test_what_cannot_be_read_is_told_as_that_alone(repository: Repository) -> None:
    repository.commit({"cepler/app.yml": "environments: [\n"})
    assert repository.findings("environment-dropped", "HEAD~1") == []
    assert repository.findings("invalid-file", "HEAD~1")


def test_what_the_base_got_meanwhile_is_not_missed(repository: Repository) -> None:
    git = repository.git
    fork = git.commit("HEAD")
    repository.config(PRODUCTION, f"{PRODUCTION}  demo:\n    latest: [qa/*]\n")
    git.text("branch", "base")
    git.text("reset", "-q", "--hard", str(fork))
    repository.commit({"shared/a": "2"})
    assert repository.findings("environment-dropped", "base") == []
