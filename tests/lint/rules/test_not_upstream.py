from __future__ import annotations

from tests.lint.repository import Repository


def test_what_upstream_has_is_fine(repository: Repository) -> None:
    assert repository.findings("not-upstream") == []


def test_files_that_the_environment_before_does_not_take(repository: Repository) -> None:
    repository.commit({"other/x": "1", "other/y": "1"})
    repository.config(
        "passed: staging\n    propagated: [shared/*]",
        "passed: staging\n    propagated: [shared/*, other/*]",
    )
    assert repository.told("not-upstream") == [
        "qa: propagated 'other/*' fits other/x and 1 more, which staging does not have, "
        "so it never arrives"
    ]


def test_what_upstream_has_but_was_not_given_itself(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [qa/*]",
        "    propagated: [shared/a]\n    latest: [qa/*]",
    )
    assert repository.told("not-upstream") == [
        "production: propagated 'shared/*' fits shared/b, which qa does not have, "
        "so it never arrives"
    ]


def test_a_file_of_latest_need_not_come_from_before(repository: Repository) -> None:
    repository.config(
        "    propagated: [shared/*]\n    latest: [production/*]",
        "    propagated: [shared/*, production/*]\n    latest: [production/*]",
    )
    assert repository.findings("not-upstream") == []


def test_a_cycle_has_an_end(repository: Repository) -> None:
    repository.config("  qa:\n    passed: staging", "  qa:\n    passed: production")
    assert len(repository.findings("not-upstream")) == 2
