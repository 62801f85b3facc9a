"""The git adapter, on real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from promoter.common.errors import GitError, RemoteMoved
from promoter.git import Git
from promoter.git.ledger import retry_when_moved

from .conftest import advance


def test_follow_returns_the_remote_tips_and_fetches_them(remote: Git, clone: Git) -> None:
    tips = {"main": advance(remote, "main"), "side": advance(remote, "side")}
    assert clone.follow("origin", "main", "side", "absent") == tips
    assert clone.commit("refs/remotes/origin/side") == tips["side"]


def test_follow_removes_a_branch_that_is_gone(remote: Git, clone: Git) -> None:
    advance(remote, "side")
    clone.follow("origin", "side")
    remote.text("branch", "-D", "--quiet", "side")
    assert clone.follow("origin", "main", "side") == {"main": clone.commit("origin/main")}
    assert clone.commit("refs/remotes/origin/side") is None


def test_follow_accepts_a_branch_that_was_rewritten(remote: Git, clone: Git) -> None:
    first = remote.commit("main")
    advance(remote, "main")
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


def test_commands_that_follow_a_remote_at_once_do_not_fail_each_other(
    remote: Git, clone: Git
) -> None:
    with ThreadPoolExecutor() as pool:
        for _ in range(8):
            tip = advance(remote, "main")
            commands = [pool.submit(clone.follow, "origin", "main") for _ in range(4)]
            assert [command.result() for command in commands] == [{"main": tip}] * 4


def test_tip_fetches_a_branch_and_rejects_a_missing_one(remote: Git, clone: Git) -> None:
    tip = advance(remote, "main")
    assert clone.tip("origin", "main") == tip == clone.commit(tip)
    with pytest.raises(GitError, match="read nowhere of origin: no such branch"):
        clone.tip("origin", "nowhere")


def test_a_rejected_push_is_attempted_again(remote: Git, clone: Git) -> None:
    advance(remote, "side")
    looks: list[str] = []

    def attempt() -> str:
        looks.append(clone.tip("origin", "side"))
        if len(looks) < 3:
            advance(remote, "side")  # somebody is faster, twice
        made = clone.commit_files(looks[-1], {"mine": b"x"}, "feat: mine")
        clone.push("origin", made, "refs/heads/side", expect=looks[-1])
        return made

    assert retry_when_moved(attempt) == remote.commit("side")
    assert len(set(looks)) == 3


def test_repeated_rejections_raise_remote_moved(remote: Git, clone: Git) -> None:
    advance(remote, "side")
    looks: list[str] = []

    def attempt() -> None:
        looks.append(clone.tip("origin", "side"))
        advance(remote, "side")
        clone.push("origin", looks[-1], "refs/heads/side", expect=looks[-1])

    with pytest.raises(RemoteMoved, match="no longer at"):
        retry_when_moved(attempt)
    assert len(looks) == 5


def test_an_empty_worktree_has_no_files_and_is_removed(clone: Git, tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    with clone.worktree(folder, "HEAD", empty=True) as tree:
        assert [path.name for path in folder.iterdir()] == [".git"]
        assert tree.commit("HEAD") == clone.commit("HEAD")
    assert not folder.exists()


def test_a_listing_has_files_and_links_but_no_submodules(remote: Git) -> None:
    files = {"a/plain": b"1", "a/b/deep": b"2", "other": b"3"}
    commit = remote.commit_files(None, files, "feat: files")
    assert sorted(remote.listing(commit)) == ["a/b/deep", "a/plain", "other"]
    below = remote.listing(commit, "a")
    assert {path: entry.mode for path, entry in below.items()} == {
        "b/deep": "100644",
        "plain": "100644",
    }
    assert remote.listing(commit, "absent") == {}
    contents = remote.blobs(entry.blob for entry in below.values())
    assert sorted(contents.values()) == [b"1", b"2"]


def test_a_missing_blob_is_an_error(remote: Git) -> None:
    with pytest.raises(GitError, match="the object is missing"):
        remote.blobs(["0" * 40])


def test_an_interrupt_waits_for_a_ref_that_is_set(clone: Git, tmp_path: Path) -> None:
    """Git would leave its lock where it is interrupted just after it made that."""
    script = """\
import sys
from pathlib import Path
from promoter.common.signals import interruptible
from promoter.git import Git
interruptible(lambda line: None)
try:
    Git(Path(sys.argv[1])).text("update-ref", "refs/x", "HEAD")
except KeyboardInterrupt:
    sys.exit(130)
"""
    real, program = shutil.which("git"), tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f"trap 'touch {tmp_path}/interrupted' INT\n"
        f'kill -INT $PPID\nsleep 0.3\nexec {real} "$@"\n'
    )
    program.chmod(0o755)
    command = (sys.executable, "-c", script, str(clone.dir))
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode == 130
    assert clone.commit("refs/x") == clone.commit("HEAD")
    assert not (tmp_path / "interrupted").exists()
