from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, NothingNewer
from promoter.release.cog import CogSettings, read_cog
from promoter.release.errors import ReleaseError
from promoter.release.version import next_version, parse_version

from .conftest import new_repository
from .histories import Made, make

SETTINGS = CogSettings(ignore_merge_commits=True)


def versions(folder: Path, history: list[Made], settings: CogSettings = SETTINGS) -> str:
    """The next candidate of ``history``."""
    git = new_repository(folder)
    make(git, history)
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
    assert versions(tmp_path, [Made("feat: a", (last,)), Made(message)]) == f"{final}-rc.1"


@pytest.mark.parametrize(
    ("message", "candidate"), [("fix!: x", "0.2.0-rc.1"), ("feat!: x", "0.2.0-rc.1")]
)
def test_breaking_below_one_is_a_setting(tmp_path: Path, message: str, candidate: str) -> None:
    git = new_repository(tmp_path)
    make(git, [Made("feat: a", ("0.1.0",)), Made(message)])
    found = next_version(git, "HEAD", SETTINGS, "minor")
    assert (str(found.candidate), found.increment) == (candidate, "minor")


def test_the_first_release(tmp_path: Path) -> None:
    assert versions(tmp_path / "a", [Made("feat: a"), Made("docs: b")]) == "0.1.0-rc.1"
    assert versions(tmp_path / "b", [Made("fix: a")]) == "0.0.1-rc.1"
    assert versions(tmp_path / "c", [Made("feat!: a")]) == "1.0.0-rc.1"


def test_candidates_count_up_and_start_again_when_the_base_moves(tmp_path: Path) -> None:
    released = Made("feat: a", ("0.41.0",))
    fixed = Made("fix: b", ("0.41.1-rc.1",))
    again = Made("fix: c", ("0.41.1-rc.2",))
    assert versions(tmp_path / "a", [released, fixed]) == "0.41.1-rc.2"
    assert versions(tmp_path / "b", [released, fixed, again]) == "0.41.1-rc.3"
    feature = Made("feat: d")
    assert versions(tmp_path / "c", [released, fixed, again, feature]) == "0.42.0-rc.1"


def test_more_than_nine_candidates_are_counted_as_numbers(tmp_path: Path) -> None:
    tags = tuple(f"0.1.0-rc.{number}" for number in range(1, 12))
    assert versions(tmp_path, [Made("feat: a", tags)]) == "0.1.0-rc.12"


def test_a_number_taken_on_another_branch_is_not_taken_again(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    make(git, [Made("feat: a", ("0.1.0",)), Made("feat: b", ("0.2.0-rc.1",))])
    git.text("commit", "--quiet", "--allow-empty", "--message", "feat: elsewhere")
    git.text("tag", "0.2.0-rc.2")
    git.text("reset", "--quiet", "--hard", "HEAD^")
    assert str(next_version(git, "HEAD", SETTINGS).candidate) == "0.2.0-rc.3"


@pytest.mark.parametrize(
    "history",
    [
        [Made("feat: a", ("0.1.0",))],
        [Made("feat: a", ("0.1.0",)), Made("docs: b"), Made("no form at all")],
        [Made("feat: a", ("0.1.0",)), Made("feat: merged", side="docs: in the branch")],
        [Made("chore: a")],
    ],
)
def test_nothing_that_asks_for_a_release(tmp_path: Path, history: list[Made]) -> None:
    with pytest.raises(NothingNewer, match="requires a release"):
        versions(tmp_path, history)


def test_what_a_merge_brings_in_counts_though_the_merge_does_not(tmp_path: Path) -> None:
    merge = Made("feat: merged", side="fix: in the branch")
    assert versions(tmp_path, [Made("feat: a", ("0.1.0",)), merge]) == "0.1.1-rc.1"


def test_tags_that_are_no_versions_are_passed_over(tmp_path: Path) -> None:
    tags = ("0.1.0", "nightly", "v9.9.9", "1.2", "0.2.0.1")
    assert versions(tmp_path, [Made("feat: a", tags), Made("fix: b")]) == "0.1.1-rc.1"


def test_a_higher_candidate_lifts_the_next_version(tmp_path: Path) -> None:
    history = [Made("feat: a", ("0.1.0",)), Made("feat: b", ("0.3.0-rc.4",)), Made("fix: c")]
    assert versions(tmp_path, history) == "0.3.0-rc.5"


def test_an_annotated_tag_counts_and_a_tree_tag_does_not(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    make(git, [Made("feat: a"), Made("fix: b")])
    git.text("tag", "--annotate", "--message", "release", "0.1.0", "HEAD^")
    git.text("tag", "0.9.0", "HEAD^{tree}")
    found = next_version(git, "HEAD", SETTINGS)
    assert str(found.final) == "0.1.1"
    assert found.last is not None
    assert found.last.commit == git.commit("HEAD^")


def test_cog_toml_says_what_types_bump(tmp_path: Path) -> None:
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
    make(git, [Made("feat: a", ("v0.1.0",)), Made("chore: b")], {"cog.toml": text})
    settings = read_cog(git, "HEAD")
    assert settings.types["chore"] == "patch"
    # A setting is added to the built-in's: feat still bumps minor.
    assert settings.types["feat"] == "minor"
    assert settings.types["wip"] == "none"
    assert "style" not in settings.types
    assert str(next_version(git, "HEAD", settings).final) == "0.1.1"


def test_a_cog_toml_that_does_not_validate_is_named(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    make(git, [Made("feat: a")], {"cog.toml": "scopes = 1\n"})
    with pytest.raises(InvalidFile, match=r"cog\.toml: scopes"):
        read_cog(git, "HEAD")
    make(git, [Made("feat: a")], {"cog.toml": "scopes = [\n"})
    with pytest.raises(InvalidFile, match=r"read cog\.toml: "):
        read_cog(git, "HEAD")


def test_an_unknown_revision_and_a_text_that_is_no_version(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    make(git, [Made("feat: a")])
    with pytest.raises(ReleaseError, match="no such commit"):
        next_version(git, "nowhere", SETTINGS)
    with pytest.raises(ReleaseError, match=r"'1\.2': not a semantic version"):
        parse_version("1.2\n")
