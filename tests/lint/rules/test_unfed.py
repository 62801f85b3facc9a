from __future__ import annotations

from tests.lint.repository import Repository


def test_environments_that_take_something_are_fine(repository: Repository) -> None:
    assert repository.findings("unfed-environment") == []


def test_an_environment_without_patterns(repository: Repository) -> None:
    repository.config("    latest: [shared/*, staging/*]\n", "    ignore_queue: false\n")
    assert repository.told("unfed-environment") == [
        "staging has neither 'latest' nor 'propagated', so nothing is ever deployed there"
    ]


def test_propagated_patterns_that_no_environment_feeds(repository: Repository) -> None:
    repository.config("    passed: staging\n", "")
    assert repository.told("unfed-environment") == [
        "qa has 'propagated' but no 'passed', so nothing feeds these patterns"
    ]
