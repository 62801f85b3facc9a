"""The git adapter, on real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import GitError, RemoteMoved
from promoter.git import Git, retry_when_moved


@pytest.fixture
def remote(tmp_path: Path) -> Git:
    """A repository with one commit on main."""
    folder = tmp_path / "remote"
    folder.mkdir()
    git = Git(folder)
    git.text("init", "--quiet", "--initial-branch=main")
    git.text("config", "user.name", "somebody")
    git.text("config", "user.email", "somebody@localhost")
    _advance(git, "main")
    return git


@pytest.fixture
def clone(remote: Git, tmp_path: Path) -> Git:
    Git(tmp_path).text("clone", "--quiet", str(remote.dir), "clone")
    return Git(tmp_path / "clone")


def _advance(git: Git, branch: str) -> str:
    parent = git.commit(branch)
    made = git.commit_files(parent, {"file": str(parent).encode()}, "chore: move on")
    git.text("update-ref", f"refs/heads/{branch}", made)
    return made


def test_follow_gives_what_the_remote_has_and_fetches_it(remote: Git, clone: Git) -> None:
    tips = {"main": _advance(remote, "main"), "side": _advance(remote, "side")}
    assert clone.follow("origin", "main", "side", "absent") == tips
    assert clone.commit("refs/remotes/origin/side") == tips["side"]


def test_follow_forgets_a_branch_that_is_gone(remote: Git, clone: Git) -> None:
    _advance(remote, "side")
    clone.follow("origin", "side")
    remote.text("branch", "-D", "--quiet", "side")
    assert clone.follow("origin", "main", "side") == {"main": clone.commit("origin/main")}
    assert clone.commit("refs/remotes/origin/side") is None


def test_follow_takes_a_branch_that_was_pushed_over(remote: Git, clone: Git) -> None:
    first = remote.commit("main")
    _advance(remote, "main")
    clone.follow("origin", "main")
    remote.text("update-ref", "refs/heads/main", str(first))
    assert clone.follow("origin", "main") == {"main": first}


def test_follow_fetches_nothing_where_nothing_moved(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> None:
        pytest.fail("it fetched what is here")

    monkeypatch.setattr(Git, "fetch", refuse)
    assert clone.follow("origin", "main") == {"main": clone.commit("HEAD")}


def test_the_tip_of_a_branch_is_here_and_a_missing_one_is_an_error(remote: Git, clone: Git) -> None:
    tip = _advance(remote, "main")
    assert clone.tip("origin", "main") == tip == clone.commit(tip)
    with pytest.raises(GitError, match="read nowhere of origin: it has no such branch"):
        clone.tip("origin", "nowhere")


def test_a_push_that_meets_a_moved_remote_is_decided_again(remote: Git, clone: Git) -> None:
    _advance(remote, "side")
    looks: list[str] = []

    def attempt() -> str:
        looks.append(clone.tip("origin", "side"))
        if len(looks) < 3:
            _advance(remote, "side")  # somebody is faster, twice
        made = clone.commit_files(looks[-1], {"mine": b"x"}, "feat: mine")
        clone.push("origin", made, "refs/heads/side", expect=looks[-1])
        return made

    assert retry_when_moved(attempt) == remote.commit("side")
    assert len(set(looks)) == 3


def test_who_is_always_too_late_is_told_that_the_remote_moved(remote: Git, clone: Git) -> None:
    _advance(remote, "side")
    looks: list[str] = []

    def attempt() -> None:
        looks.append(clone.tip("origin", "side"))
        _advance(remote, "side")
        clone.push("origin", looks[-1], "refs/heads/side", expect=looks[-1])

    with pytest.raises(RemoteMoved, match="no longer at"):
        retry_when_moved(attempt)
    assert len(looks) == 5


def test_an_empty_work_tree_has_no_file_and_is_removed(clone: Git, tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    with clone.worktree(folder, "HEAD", empty=True) as tree:
        assert [path.name for path in folder.iterdir()] == [".git"]
        assert tree.commit("HEAD") == clone.commit("HEAD")
    assert not folder.exists()
