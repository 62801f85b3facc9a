from __future__ import annotations

import threading
from pathlib import Path

import pytest
import semver

from promoter.common.errors import RemoteMoved
from promoter.git import Git, Identity
from promoter.release.errors import ReleaseError
from promoter.release.version_branch import Counter, VersionBranch

from .conftest import commit_all, new_repository

BOT = Identity("Bot", "bot@localhost")


@pytest.fixture
def clones(tmp_path: Path) -> tuple[VersionBranch, VersionBranch]:
    """Two clones of one bare remote."""
    seed = new_repository(tmp_path / "seed")
    commit_all(seed, "feat: a")
    seed.text("clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
    branches = []
    for name in ("one", "two"):
        seed.text("clone", "--quiet", str(tmp_path / "remote.git"), str(tmp_path / name))
        branches.append(VersionBranch(Git(tmp_path / name), author=BOT))
    return branches[0], branches[1]


def version(text: str) -> semver.Version:
    return semver.Version.parse(text)


def test_begins_at_zero_and_keeps_one_line_in_one_file(
    clones: tuple[VersionBranch, VersionBranch],
) -> None:
    one, two = clones
    assert one.read() == Counter(version("0.0.0"), None)
    moved = one.raise_to(version("0.1.0-rc.1"))
    assert two.read() == moved
    assert two.git.file(str(moved.commit), "version") == b"0.1.0-rc.1\n"
    assert two.git.lines("ls-tree", "--name-only", str(moved.commit)) == ["version"]


def test_is_not_lowered_and_not_written_twice(clones: tuple[VersionBranch, VersionBranch]) -> None:
    one, two = clones
    first = one.raise_to(version("0.2.0"))
    assert two.raise_to(version("0.2.0")) == first
    assert two.raise_to(version("0.2.0-rc.7")) == first
    assert one.read() == first


def test_a_move_from_an_outdated_commit_is_rejected(
    clones: tuple[VersionBranch, VersionBranch],
) -> None:
    one, two = clones
    seen = two.read()
    one.raise_to(version("0.1.0"))
    with pytest.raises(RemoteMoved):
        two.move(version("0.2.0"), seen)


def test_of_two_concurrent_runs_the_higher_version_stays(
    clones: tuple[VersionBranch, VersionBranch],
) -> None:
    wanted = [version("0.1.0-rc.1"), version("0.1.0")]
    threads = [
        threading.Thread(target=branch.raise_to, args=(one,))
        for branch, one in zip(clones, wanted, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert clones[0].read().version == version("0.1.0")


def test_a_branch_without_a_version_is_an_error(
    clones: tuple[VersionBranch, VersionBranch],
) -> None:
    one, _ = clones
    commit = one.git.commit_files(None, {"version": b"soon\n"}, "ci: x", author=BOT)
    one.git.push("origin", commit, "refs/heads/version", expect=None)
    with pytest.raises(ReleaseError, match="'soon': not a semantic version"):
        one.read()
    other = one.git.commit_files(None, {"number": b"1.0.0\n"}, "ci: x", author=BOT)
    one.git.push("origin", other, "refs/heads/version", expect=commit)
    with pytest.raises(ReleaseError, match="it has no file version"):
        one.read()
