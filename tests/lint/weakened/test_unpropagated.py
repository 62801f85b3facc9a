from __future__ import annotations

from tests.lint.repository import Repository

LISTS = "    propagated: [shared/*]\n    latest: [production/*]\n"


def changed(repository: Repository, propagated: str, latest: str) -> list[str]:
    repository.config(LISTS, f"    propagated: [{propagated}]\n    latest: [{latest}]\n")
    return repository.told("unpropagated", "HEAD~1")


def test_lists_that_stay_are_fine(repository: Repository) -> None:
    assert changed(repository, "'shared/*'", "'production/*'") == []


def test_a_pattern_that_is_taken_apart_is_fine(repository: Repository) -> None:
    assert changed(repository, "shared/a, shared/b", "production/*") == []


def test_a_pattern_that_moves_to_latest(repository: Repository) -> None:
    assert changed(repository, "", "production/*, shared/*") == [
        "production took 'shared/*' (shared/a and 1 more) as 'qa' had it; it is now taken "
        "from 'latest'"
    ]


def test_a_file_that_latest_shadows(repository: Repository) -> None:
    assert changed(repository, "shared/*", "production/*, '*/b'") == [
        "production took 'shared/*' (shared/b) as 'qa' had it; it is now taken from 'latest'"
    ]


def test_a_pattern_that_is_dropped(repository: Repository) -> None:
    assert changed(repository, "shared/b", "production/*") == [
        "production took 'shared/*' (shared/a) as 'qa' had it; it is in no pattern any more"
    ]


def test_a_pattern_without_files_that_moves(repository: Repository) -> None:
    repository.config("propagated: [shared/*]\n    latest: [p", "propagated: [x/*]\n    latest: [p")
    repository.config("propagated: [x/*]\n    latest: [", "propagated: []\n    latest: [x/*, ")
    assert repository.told("unpropagated", "HEAD~1") == [
        "production took 'x/*' as 'qa' had it; it is now taken from 'latest'"
    ]


def test_a_pattern_that_goes_with_its_files_is_fine(repository: Repository) -> None:
    repository.commit({"shared/a": None, "shared/b": None})
    assert repository.findings("unpropagated", "HEAD~1") == []
    assert changed(repository, "", "production/*") == []


def test_where_passed_is_gone_that_is_what_is_told(repository: Repository) -> None:
    repository.config(f"    passed: qa\n{LISTS}", "    latest: [production/*, shared/*]\n")
    assert repository.findings("unpropagated", "HEAD~1") == []
    assert repository.findings("passed-removed", "HEAD~1")
