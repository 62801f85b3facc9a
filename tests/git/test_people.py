"""The people behind commits, on real histories with merges."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git import Git, Identity
from promoter.git.people import deciding_merges

BASE: dict[str, bytes | None] = {"a": b"base", "b": b"base", "other": b"base"}


class History:
    """A repository whose commits are made from files, by a person of that name."""

    def __init__(self, folder: Path) -> None:
        self.git = Git(folder)
        self.git.text("init", "-q", "-b", "main")
        for name, value in {"user.name": "Ann", "user.email": "ann@bank.example"}.items():
            self.git.text("config", name, value)
        self.base = self.git.commit_files(None, BASE, "feat: base")

    def change(self, parent: str, **files: bytes) -> str:
        return self.git.commit_files(parent, dict(files), "feat: change")

    def merge(self, tree_of: str, *parents: str) -> str:
        tree = self.git.text("rev-parse", f"{tree_of}^{{tree}}")
        return self.git.commit_tree(tree, list(parents), "Merge\n", Identity("M", "m@bank.example"))

    def deciding(self, old: str | None, new: str) -> list[str]:
        return [each.commit for each in deciding_merges(self.git, old, new, ["a", "b"], ())]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """One commit."""
    return History(tmp_path)


@pytest.mark.parametrize("order", [1, -1])
def test_a_merge_that_takes_the_older_side_decides(history: History, order: int) -> None:
    """Made by `git merge -s ours`: no commit after the change touches the file."""
    newer = history.change(history.base, a=b"newer")
    aside = history.change(history.base, other=b"x")
    merge = history.merge(aside, *(newer, aside)[::order])
    assert history.deciding(newer, merge) == [merge]


def test_a_merge_that_joins_what_its_parents_changed_decides_nothing(history: History) -> None:
    one = history.change(history.base, a=b"one")
    other = history.change(history.base, b=b"other")
    both = history.change(one, b=b"other")
    for parents in ((one, other), (other, one)):
        assert history.deciding(history.base, history.merge(both, *parents)) == []
    assert history.deciding(history.base, history.merge(one, history.base, one)) == []


def test_a_merge_with_content_of_its_own_decides(history: History) -> None:
    aside = history.change(history.base, other=b"x")
    evil = history.change(aside, b=b"evil")
    merge = history.merge(evil, history.change(history.base, other=b"y"), aside)
    assert history.deciding(history.base, merge) == [merge]


def test_a_merge_that_chooses_one_of_two_changes_decides(history: History) -> None:
    one, other = history.change(history.base, a=b"one"), history.change(history.base, a=b"other")
    merge = history.merge(other, one, other)
    assert history.deciding(one, merge) == [merge]


def test_a_merge_of_unrelated_histories_decides(history: History) -> None:
    unrelated = history.git.commit_files(None, {"a": b"unrelated"}, "feat: unrelated")
    merge = history.merge(unrelated, history.base, unrelated)
    assert history.deciding(None, merge) == [merge]


def test_merges_by_people_who_are_known_and_of_other_paths_are_left_out(history: History) -> None:
    newer = history.change(history.base, a=b"newer", other=b"newer")
    aside = history.change(history.base, other=b"x")
    merge = history.merge(aside, newer, aside)
    known = ["m@bank.example"]
    assert list(deciding_merges(history.git, newer, merge, ["a"], known)) == []
    assert list(deciding_merges(history.git, newer, merge, ["b"], ())) == []
