from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, NothingNewer
from promoter.release.cog import CogSettings, read_cog
from promoter.release.errors import ReleaseError
from promoter.release.version import candidate_at, next_version, parse_version, version_tags

from .conftest import new_repository
from .histories import HistoryCommit, create_history

SETTINGS = CogSettings(ignore_merge_commits=True)


def versions(folder: Path, history: list[HistoryCommit], settings: CogSettings = SETTINGS) -> str:
    """The next candidate of ``history``."""
    git = new_repository(folder)
    create_history(git, history)
    return str(next_version(git, "HEAD", settings).candidate)


@pytest.mark.parametrize(
    ("last", "message", "final"),
    [
        ("0.41.0", "feat: x", "0.42.0"),
        ("0.42.0", "fix: x", "0.42.1"),
        ("0.42.0", "feat!: x", "1.0.0"),
        ("0.42.0", "fix: x\n\nBREAKING CHANGE: y", "1.0.0"),
        ("1.2.3", "fix!: x", "2.0.0"),
    ],
)
def test_the_table_of_the_seeds(tmp_path: Path, last: str, message: str, final: str) -> None:
    assert (
        versions(tmp_path, [HistoryCommit("feat: a", (last,)), HistoryCommit(message)])
        == f"{final}-rc.1"
    )


@pytest.mark.parametrize(
    ("message", "candidate"), [("fix!: x", "0.2.0-rc.1"), ("feat!: x", "0.2.0-rc.1")]
)
def test_breaking_below_one_is_a_setting(tmp_path: Path, message: str, candidate: str) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a", ("0.1.0",)), HistoryCommit(message)])
    found = next_version(git, "HEAD", SETTINGS, "minor")
    assert (str(found.candidate), found.increment) == (candidate, "minor")


def test_the_first_release(tmp_path: Path) -> None:
    assert (
        versions(tmp_path / "a", [HistoryCommit("feat: a"), HistoryCommit("docs: b")])
        == "0.1.0-rc.1"
    )
    assert versions(tmp_path / "b", [HistoryCommit("fix: a")]) == "0.0.1-rc.1"
    assert versions(tmp_path / "c", [HistoryCommit("feat!: a")]) == "1.0.0-rc.1"


def test_candidates_count_up_and_start_again_when_the_base_moves(tmp_path: Path) -> None:
    released = HistoryCommit("feat: a", ("0.41.0",))
    fixed = HistoryCommit("fix: b", ("0.41.1-rc.1",))
    again = HistoryCommit("fix: c", ("0.41.1-rc.2",))
    assert versions(tmp_path / "a", [released, fixed]) == "0.41.1-rc.2"
    assert versions(tmp_path / "b", [released, fixed, again]) == "0.41.1-rc.3"
    feature = HistoryCommit("feat: d")
    assert versions(tmp_path / "c", [released, fixed, again, feature]) == "0.42.0-rc.1"


def test_a_commit_may_be_a_candidate_already(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a", ("0.1.0-rc.9", "0.1.0-rc.10", "0.1.0"))])
    commit = git.commit("HEAD") or ""
    own = candidate_at(version_tags(git), commit)
    assert own is not None and own.name == "0.1.0-rc.10"
    assert candidate_at(version_tags(git), "a" * 40) is None


def test_more_than_nine_candidates_are_counted_as_numbers(tmp_path: Path) -> None:
    tags = tuple(f"0.1.0-rc.{number}" for number in range(1, 12))
    assert versions(tmp_path, [HistoryCommit("feat: a", tags)]) == "0.1.0-rc.12"


def test_a_number_used_on_another_branch_is_not_used_again(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(
        git, [HistoryCommit("feat: a", ("0.1.0",)), HistoryCommit("feat: b", ("0.2.0-rc.1",))]
    )
    git.text("commit", "--quiet", "--allow-empty", "--message", "feat: elsewhere")
    git.text("tag", "0.2.0-rc.2")
    git.text("reset", "--quiet", "--hard", "HEAD^")
    assert str(next_version(git, "HEAD", SETTINGS).candidate) == "0.2.0-rc.3"


@pytest.mark.parametrize(
    "history",
    [
        [HistoryCommit("feat: a", ("0.1.0",))],
        [
            HistoryCommit("feat: a", ("0.1.0",)),
            HistoryCommit("docs: b"),
            HistoryCommit("no form at all"),
        ],
        [
            HistoryCommit("feat: a", ("0.1.0",)),
            HistoryCommit("feat: merged", side="docs: in the branch"),
        ],
        [HistoryCommit("chore: a")],
    ],
)
def test_without_a_releasing_commit_there_is_no_next_version(
    tmp_path: Path, history: list[HistoryCommit]
) -> None:
    with pytest.raises(NothingNewer, match="requires a release"):
        versions(tmp_path, history)


def test_merged_commits_count_though_the_merge_does_not(tmp_path: Path) -> None:
    merge = HistoryCommit("feat: merged", side="fix: in the branch")
    assert versions(tmp_path, [HistoryCommit("feat: a", ("0.1.0",)), merge]) == "0.1.1-rc.1"


def test_tags_that_are_not_versions_are_skipped(tmp_path: Path) -> None:
    tags = ("0.1.0", "nightly", "v9.9.9", "1.2", "0.2.0.1")
    assert (
        versions(tmp_path, [HistoryCommit("feat: a", tags), HistoryCommit("fix: b")])
        == "0.1.1-rc.1"
    )


def test_a_higher_candidate_lifts_the_next_version(tmp_path: Path) -> None:
    history = [
        HistoryCommit("feat: a", ("0.1.0",)),
        HistoryCommit("feat: b", ("0.3.0-rc.4",)),
        HistoryCommit("fix: c"),
    ]
    assert versions(tmp_path, history) == "0.3.0-rc.5"


def test_an_annotated_tag_counts_and_a_tree_tag_does_not(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a"), HistoryCommit("fix: b")])
    git.text("tag", "--annotate", "--message", "release", "0.1.0", "HEAD^")
    git.text("tag", "0.9.0", "HEAD^{tree}")
    found = next_version(git, "HEAD", SETTINGS)
    assert str(found.final) == "0.1.1"
    assert found.last is not None
    assert found.last.commit == git.commit("HEAD^")


def test_cog_toml_sets_the_increment_of_types(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    text = """
tag_prefix = "v"
ignore_merge_commits = true
[commit_types]
chore = { bump_patch = true }
feat = { bump_patch = true }
wip = { changelog_title = "Work" }
style = {}
"""
    create_history(
        git, [HistoryCommit("feat: a", ("v0.1.0",)), HistoryCommit("chore: b")], {"cog.toml": text}
    )
    settings = read_cog(git, "HEAD")
    assert settings.types["chore"] == "patch"
    # A setting is added to the built-in's: feat still bumps minor.
    assert settings.types["feat"] == "minor"
    assert settings.types["wip"] == "none"
    assert "style" not in settings.types
    assert str(next_version(git, "HEAD", settings).final) == "0.1.1"


def test_a_cog_toml_that_does_not_validate_is_named(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a")], {"cog.toml": "scopes = 1\n"})
    with pytest.raises(InvalidFile, match=r"cog\.toml: scopes"):
        read_cog(git, "HEAD")
    create_history(git, [HistoryCommit("feat: a")], {"cog.toml": "scopes = [\n"})
    with pytest.raises(InvalidFile, match=r"read cog\.toml: "):
        read_cog(git, "HEAD")


def test_an_unknown_revision_and_an_invalid_version_are_errors(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a")])
    with pytest.raises(ReleaseError, match="no such commit"):
        next_version(git, "nowhere", SETTINGS)
    with pytest.raises(ReleaseError, match=r"'1\.2': not a semantic version"):
        parse_version("1.2\n")
