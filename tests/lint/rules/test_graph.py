"""Rules for the graph of environments."""

from __future__ import annotations

from tests.lint.repository import Repository


def test_a_chain_passes(repository: Repository) -> None:
    assert repository.findings("passed-cycle") == []


def test_a_cycle_is_reported_once(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert repository.reasons("passed-cycle") == [
        "qa waits for production waits for qa, so none is ever deployed"
    ]


def test_an_environment_after_a_cycle_is_not_part_of_it(repository: Repository) -> None:
    repository.config("staging:\n", "staging:\n    passed: qa\n    propagated: [staging/*]\n")
    assert repository.reasons("passed-cycle") == [
        "staging waits for qa waits for staging, so none is ever deployed"
    ]


def test_an_environment_that_waits_for_itself(repository: Repository) -> None:
    repository.config("passed: qa", "passed: production")
    assert repository.reasons("passed-cycle") == [
        "production waits for production, so none is ever deployed"
    ]


def test_environments_with_patterns_pass(repository: Repository) -> None:
    assert repository.findings("unfed-environment") == []


def test_an_environment_without_patterns(repository: Repository) -> None:
    repository.config("    latest: [shared/*, staging/*]\n", "    ignore_queue: false\n")
    assert repository.reasons("unfed-environment") == [
        "staging has neither 'latest' nor 'propagated', so nothing is ever deployed there"
    ]


def test_propagated_without_passed(repository: Repository) -> None:
    repository.config("    passed: staging\n", "")
    assert repository.reasons("unfed-environment") == [
        "qa has 'propagated' but no 'passed', so nothing feeds these patterns"
    ]


def test_files_that_upstream_has_pass(repository: Repository) -> None:
    assert repository.findings("not-upstream") == []


def test_files_that_upstream_does_not_take(repository: Repository) -> None:
    repository.commit({"other/x": "1", "other/y": "1"})
    repository.config(
        "passed: staging\n    propagated: [shared/*]",
        "passed: staging\n    propagated: [shared/*, other/*]",
    )
    assert repository.reasons("not-upstream") == [
        "qa: propagated 'other/*' matches other/x and 1 more, which staging does not have, "
        "so it never arrives"
    ]


def test_files_that_upstream_takes_but_never_receives(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [qa/*]",
        "    propagated: [shared/a]\n    latest: [qa/*]",
    )
    assert repository.reasons("not-upstream") == [
        "production: propagated 'shared/*' matches shared/b, which qa does not have, "
        "so it never arrives"
    ]


def test_a_file_of_latest_need_not_be_upstream(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [production/*]",
        "    propagated: [shared/*, production/*]\n    latest: [production/*]",
    )
    assert repository.findings("not-upstream") == []


def test_a_cycle_ends(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert len(repository.findings("not-upstream")) == 2
