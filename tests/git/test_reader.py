"""One running git per repository, shared by all who ask: what it must never answer wrongly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from promoter.common.errors import GitError
from promoter.git import Git, reader
from promoter.git.reader import Unreadable, read_object
from tests.release.conftest import commit_all, new_repository


@pytest.fixture
def git(tmp_path: Path) -> Iterator[Git]:
    made = new_repository(tmp_path / "one")
    (made.dir / "a").write_text("first")
    commit_all(made, "feat: a")
    yield made
    reader._READERS.close()


def running() -> dict[int, str]:
    """Return the folder of each git that reads for this process, by its id."""
    children = Path("/proc/self/task").glob("*/children")
    ids = [int(word) for file in children for word in file.read_text().split()]
    reading = [each for each in ids if b"cat-file" in Path(f"/proc/{each}/cmdline").read_bytes()]
    return {each: str(Path(f"/proc/{each}/cwd").readlink()) for each in reading}


def test_what_is_written_later_is_read(git: Git) -> None:
    first = git.commit("HEAD")
    assert git.file("HEAD", "a") == b"first"
    (git.dir / "a").write_text("second")
    second = commit_all(git, "feat: b")
    assert git.commit("HEAD") == second != first
    assert git.file("HEAD", "a") == b"second"
    git.text("repack", "-a", "-d", "--quiet")
    assert git.file("HEAD", "a") == b"second"


def test_another_repository_in_the_same_place_is_read(git: Git) -> None:
    first = git.commit("HEAD")
    shutil.rmtree(git.dir)
    with pytest.raises(GitError, match="no such folder"):
        git.commit("HEAD")
    new_repository(git.dir)
    assert git.commit("HEAD") is None
    (git.dir / "a").write_text("other")
    assert git.commit("HEAD") is None
    assert commit_all(git, "feat: other") == git.commit("HEAD") != first
    assert git.file("HEAD", "a") == b"other"


def test_a_git_that_was_killed_is_started_again(git: Git) -> None:
    commit = git.commit("HEAD")
    (number,) = (number for number, folder in running().items() if folder == str(git.dir))
    os.kill(number, signal.SIGKILL)
    assert git.commit("HEAD") == commit
    assert git.file("HEAD", "a") == b"first"


def test_a_git_that_ends_again_is_an_error_and_no_missing_file(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    reader._READERS.close()
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(GitError, match=r"read HEAD:a in .*: git ended"):
        git.file("HEAD", "a")


def test_an_answer_that_was_read_in_part_is_nobody_elses(
    git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = git.commit("HEAD")
    at_once = reader._READERS.of(git)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reader, "Object", interrupted)
        with pytest.raises(KeyboardInterrupt):
            git.file("HEAD", "a")
    assert not at_once.current
    assert git.commit("HEAD") == commit
    assert git.file("HEAD", "a") == b"first"


def test_what_has_no_repository_has_no_commit(tmp_path: Path) -> None:
    git = Git(tmp_path)
    assert git.commit("HEAD") is None
    assert git.file("HEAD", "a") is None
    with pytest.raises(Unreadable):
        read_object(git, "HEAD")


@pytest.mark.parametrize("name", ["x\ny", "x\0y", "", " ", "-x", "HEAD:", "HEAD:x\n\n", "é"])
def test_a_strange_name_is_none_or_what_git_says(git: Git, name: str) -> None:
    found = read_object(git, name)
    if "\0" not in name:
        command = [
            "git",
            "-C",
            str(git.dir),
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
        ]
        done = subprocess.run([*command, name], capture_output=True, text=True, check=False)
        assert (found.id if found else "") == done.stdout.strip()
    assert git.file("HEAD", "a") == b"first"


def test_threads_share_one_git(git: Git) -> None:
    contents = [str(number) * 100_000 for number in range(8)]
    ids = [git.write_blob(content.encode()) for content in contents]

    def read(object_id: str) -> str:
        found = read_object(git, object_id)
        return found.content.decode() if found else ""

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, ids * 20)) == contents * 20
    assert list(running().values()).count(str(git.dir)) == 1


def test_few_gits_run_however_many_repositories_are_read(git: Git, tmp_path: Path) -> None:
    for number in range(20):
        other = tmp_path / str(number)
        shutil.copytree(git.dir, other)
        assert Git(other).commit("HEAD") == git.commit("HEAD")
    assert 1 < len(running()) <= 8


def test_half_an_answer_is_no_answer(
    git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    for answer in (f"{'a' * 40} blob 5\nfir", f"{'a' * 40} blo", "HEAD:a mis"):
        script = f'case "$*" in *cat-file*) printf \'{answer}\';; *) exec /usr/bin/git "$@";; esac'
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        reader._READERS.close()
        with pytest.raises(GitError, match=r"read HEAD:a in .*: git ended"):
            git.file("HEAD", "a")


def test_a_name_that_looks_like_an_answer_is_none(git: Git) -> None:
    assert read_object(git, f"{'a' * 40} blob 3\nxyz") is None
    assert git.file("HEAD", "a") == b"first"


def test_a_forked_process_has_its_own_git(git: Git) -> None:
    commit = git.commit("HEAD")
    if (child := os.fork()) == 0:
        os._exit(0 if git.commit("HEAD") == commit and git.file("HEAD", "a") == b"first" else 1)
    read = [git.file("HEAD", "a") for _ in range(100)]
    assert os.waitpid(child, 0)[1] == 0
    assert read == [b"first"] * 100
