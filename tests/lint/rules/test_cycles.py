from __future__ import annotations

from tests.lint.repository import Repository


def test_a_chain_is_no_cycle(repository: Repository) -> None:
    assert repository.findings("passed-cycle") == []


def test_a_cycle_is_told_once(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert repository.told("passed-cycle") == [
        "qa waits for production waits for qa, so none is ever deployed"
    ]


def test_an_environment_behind_a_cycle_is_not_of_it(repository: Repository) -> None:
    repository.config("staging:\n", "staging:\n    passed: qa\n    propagated: [staging/*]\n")
    assert repository.told("passed-cycle") == [
        "staging waits for qa waits for staging, so none is ever deployed"
    ]


def test_an_environment_that_waits_for_itself(repository: Repository) -> None:
    repository.config("passed: qa", "passed: production")
    assert repository.told("passed-cycle") == [
        "production waits for production, so none is ever deployed"
    ]
