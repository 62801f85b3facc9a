from __future__ import annotations

from tests.lint.repository import Repository

DEMO = "  demo:\n    passed: qa\n    propagated: [shared/*]\n    latest: [qa/*]\n  production:\n"


def test_a_gate_that_stays_is_fine(repository: Repository) -> None:
    repository.commit({"shared/a": "2"})
    assert repository.findings("passed-removed", "HEAD~1") == []


def test_an_environment_that_waits_for_nobody_any_more(repository: Repository) -> None:
    repository.config("    passed: qa\n    propagated: [shared/*]\n", "    latest: [shared/*]\n#")
    assert repository.told("passed-removed", "HEAD~1") == [
        "production waited for 'qa' and now waits for nothing"
    ]


def test_an_environment_that_skips_one(repository: Repository) -> None:
    repository.config("passed: qa", "passed: staging")
    assert repository.told("passed-removed", "HEAD~1") == [
        "production waited for 'qa' and now waits for 'staging'"
    ]


def test_one_more_in_between_is_no_weakening(repository: Repository) -> None:
    repository.config("  production:\n    passed: qa\n", f"{DEMO}    passed: demo\n")
    assert repository.findings("passed-removed", "HEAD~1") == []
