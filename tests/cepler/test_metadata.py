"""Metadata of a version for Concourse: our own entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.cepler.resource import own_metadata
from promoter.git import Git


@pytest.fixture
def commits(tmp_path: Path) -> tuple[Git, list[str]]:
    git = Git(tmp_path)
    git.text("init", "--quiet", "--bare")
    git.text("config", "user.name", "d")
    git.text("config", "user.email", "d@l")
    ids: list[str] = []
    for number in range(25):
        parent = ids[-1] if ids else None
        ids.append(git.commit_files(parent, {"a": b"%d" % number}, f"feat: {number}"))
    return git, ids


def metadata(git: Git, before: str | None, trigger: str, uri: str = "elsewhere") -> dict[str, str]:
    entries = own_metadata(git, uri, "qa", before, trigger)
    return {entry["name"]: entry["value"] for entry in entries}


def test_environment_commits_and_what_to_compare(commits: tuple[Git, list[str]]) -> None:
    git, ids = commits
    found = metadata(git, ids[0], ids[2], "git@github.com:GaloyMoney/galoy-deployments.git")
    assert list(found) == ["environment", "commits", "compare"]
    assert found["environment"] == "qa"
    assert [line.split(" - ")[1] for line in found["commits"].splitlines()] == [
        "feat: 2",
        "feat: 1",
    ]
    link = "https://github.com/GaloyMoney/galoy-deployments/compare"
    assert found["compare"] == f"{link}/{ids[0]}...{ids[2]}"


def test_a_first_deployment_has_one_commit_and_nothing_to_compare(
    commits: tuple[Git, list[str]],
) -> None:
    git, ids = commits
    found = metadata(git, None, ids[3], "https://github.com/a/b")
    assert list(found) == ["environment", "commits"]
    assert found["commits"].endswith(" - feat: 3")
    assert metadata(git, "0" * 40, ids[3])["commits"] == found["commits"]


def test_a_long_list_is_cut_and_says_so(commits: tuple[Git, list[str]]) -> None:
    git, ids = commits
    lines = metadata(git, ids[0], ids[-1])["commits"].splitlines()
    assert (len(lines), lines[-1]) == (21, "and 4 more")


def test_no_link_shows_what_stands_in_the_address(commits: tuple[Git, list[str]]) -> None:
    git, ids = commits
    found = metadata(git, ids[0], ids[1], "https://someone:word@github.com/a/b.git")
    assert found["compare"].startswith("https://github.com/a/b/compare/")
    assert "compare" not in metadata(git, ids[0], ids[1], "https://example.com/a/b")
