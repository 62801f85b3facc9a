from __future__ import annotations

import pytest

from promoter.lint.rules.dead_patterns import only_but_hidden
from tests.lint.repository import Repository


def test_patterns_that_match_are_fine(repository: Repository) -> None:
    assert repository.findings("dead-pattern") == []


def test_a_pattern_that_matches_nothing(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, qa/*.yaml]")
    assert repository.told("dead-pattern") == ["qa: latest 'qa/*.yaml' matches no file"]


def test_a_pattern_whose_last_file_was_removed(repository: Repository) -> None:
    repository.commit({"shared/a": None, "shared/b": None})
    assert repository.told("dead-pattern") == [
        "staging: latest 'shared/*' matches no file",
        "qa: propagated 'shared/*' matches no file",
        "production: propagated 'shared/*' matches no file",
    ]


def test_a_file_that_is_not_committed_is_no_match(repository: Repository) -> None:
    repository.config("latest: [qa/*]", "latest: [qa/*, later]")
    (repository.git.dir / "later").write_text("1")
    assert repository.told("dead-pattern") == ["qa: latest 'later' matches no file"]


def test_a_pattern_that_only_hidden_files_would_fit(repository: Repository) -> None:
    repository.commit({"qa/settings": None, "qa/.settings": "1"})
    (found,) = repository.findings("dead-pattern")
    assert found.what == (
        "qa: latest 'qa/*' matches no file but hidden ones (qa/.settings), which wildcards skip"
    )
    assert found.next_step == "name what is hidden by itself: qa/.settings"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**", ".a"),
        ("a/**", "a/.b/c"),
        ("a/**/c", "a/b/.x/c"),
        ("a/*", "a/.b"),
        ("a/?b", "a/.b"),
        ("a/.b/**", "a/.b/.c"),
        ("**/*.yml", "a/.b.yml"),
    ],
)
def test_hidden_files_that_wildcards_skip(pattern: str, path: str) -> None:
    assert only_but_hidden(pattern, [path, "other/file"]) == [path]


@pytest.mark.parametrize(
    ("pattern", "path"), [("a/.b", "a/.b"), ("a/*", "a/b"), ("a/*", "b/.a"), ("a/*", "a/b/.c")]
)
def test_what_is_matched_or_would_not_fit_anyway(pattern: str, path: str) -> None:
    assert only_but_hidden(pattern, [path]) == []
