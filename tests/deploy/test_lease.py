"""Two deploys of one environment: one wins, the other names the holder."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.holder import Holder
from promoter.common.progress import Silent
from promoter.deploy import lease
from promoter.git import Git
from tests.progress import Notes

REF = "refs/promoter/lease/local-qa"


@pytest.fixture
def clone(tmp_path: Path) -> Git:
    """A clone whose origin is an empty bare repository."""
    bare = tmp_path / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    subprocess.run(["git", "clone", "-q", str(bare), str(tmp_path / "clone")], check=True)
    return Git(tmp_path / "clone")


def put_on(git: Git, environment: str, *, remote: str = "origin", **changes: object) -> None:
    """A lease of somebody else on the remote."""
    holder = Holder.this_process(datetime.now(UTC))
    held = {**holder.__dict__, **changes}
    empty = git.output("mktree").decode().strip()
    commit = git.commit_tree(empty, [], json.dumps(held), lease._IDENTITY)
    ref = f"refs/promoter/lease/{environment}"
    git.push(remote, commit, ref, expect=git.remote_ref(remote, ref))


def put(git: Git, **changes: object) -> None:
    put_on(git, "local-qa", **changes)


def test_the_second_is_refused_and_told_who_holds_it(clone: Git) -> None:
    with lease.held(clone, "origin", "local-qa", Silent()):
        with pytest.raises(NotCleared, match=f"process {os.getpid()}"):
            lease.acquire(clone, "origin", "local-qa")
        lease.acquire(clone, "origin", "local-staging").release()
    assert clone.remote_ref("origin", REF) is None


def test_a_dead_process_on_this_host_holds_nothing(clone: Git) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    put(clone, pid=gone.pid, process_started="another boot/1")
    lease.acquire(clone, "origin", "local-qa").release()


def test_another_host_holds_until_the_lease_expires(clone: Git) -> None:
    put(clone, host="elsewhere", pid=1)
    with pytest.raises(NotCleared, match="elsewhere"):
        lease.acquire(clone, "origin", "local-qa")
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    put(clone, host="elsewhere", pid=1, until=past)
    lease.acquire(clone, "origin", "local-qa").release()


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lease is old enough to be renewed."""
    monkeypatch.setattr(lease, "_FRESH", timedelta(minutes=-1))


def test_one_that_was_just_taken_is_not_renewed(clone: Git) -> None:
    with lease.held(clone, "origin", "local-qa", Silent()) as mine:
        taken = mine.commit
        mine.renew()
        assert mine.commit == taken == clone.remote_ref("origin", REF)
    assert clone.remote_ref("origin", REF) is None


@pytest.mark.usefixtures("late")
def test_one_that_was_taken_over_can_neither_renew_nor_release(clone: Git) -> None:
    mine = lease.acquire(clone, "origin", "local-qa")
    put(clone, host="elsewhere", pid=1)
    with pytest.raises(PromoterError, match="another deploy took it over"):
        mine.renew()
    mine.release()
    assert clone.remote_ref("origin", REF) is not None


@pytest.mark.usefixtures("late")
def test_a_renewed_lease_is_released_at_the_end_of_its_block(clone: Git) -> None:
    with lease.held(clone, "origin", "local-qa", Silent()) as mine:
        mine.renew()
        assert mine.commit == clone.remote_ref("origin", REF)
    assert clone.remote_ref("origin", REF) is None


def test_of_many_at_once_exactly_one_wins(clone: Git) -> None:
    def attempt(_: int) -> bool:
        try:
            lease.acquire(clone, "origin", "local-qa")
        except NotCleared:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_ref_that_is_no_lease_is_named(clone: Git) -> None:
    empty = clone.output("mktree").decode().strip()
    commit = clone.commit_tree(empty, [], "hello", lease._IDENTITY)
    clone.push("origin", commit, REF, expect=None)
    with pytest.raises(PromoterError, match="is not a lease"):
        lease.acquire(clone, "origin", "local-qa")


HOSTILE: list[dict[str, object]] = [
    {"until": "soon"},
    {"until": "2099-01-01T00:00:00+00:00"},
    {"until": "2026-01-01T00:00:00"},
    {"until": {"at": 1}},
    {"pid": "1"},
    {"pid": -1},
    {"who": ["a", {"b": "c"}]},
    {"more": 1},
]


@pytest.mark.parametrize("changes", HOSTILE, ids=str)
def test_a_lease_that_no_deploy_made_is_named_with_the_command_that_deletes_it(
    clone: Git, changes: dict[str, object]
) -> None:
    put(clone, **{"host": "elsewhere", **changes})
    with pytest.raises(PromoterError, match="is not a lease that a deploy made") as refused:
        lease.acquire(clone, "origin", "local-qa")
    clone.text(*shlex.split(refused.value.next_step.split(": git ")[1]))
    lease.acquire(clone, "origin", "local-qa").release()


@pytest.mark.parametrize("ref", ["refs/promoter/lease", f"{REF}/deeper"])
def test_a_ref_in_the_place_of_the_lease_is_named(clone: Git, ref: str) -> None:
    empty = clone.output("mktree").decode().strip()
    clone.push("origin", clone.commit_tree(empty, [], "hello", lease._IDENTITY), ref, expect=None)
    with pytest.raises(PromoterError, match=f"{ref} on origin is not a lease") as refused:
        lease.acquire(clone, "origin", "local-qa")
    clone.text(*shlex.split(refused.value.next_step.split(": git ")[1]))
    lease.acquire(clone, "origin", "local-qa").release()


def test_a_blob_in_the_place_of_the_lease_is_named(clone: Git) -> None:
    clone.push("origin", clone.write_blob(b"x"), REF, expect=None)
    with pytest.raises(PromoterError, match="is not a lease"):
        lease.acquire(clone, "origin", "local-qa")


def test_a_remote_that_vanishes_does_not_replace_the_error(clone: Git, tmp_path: Path) -> None:
    notes = Notes()
    with (
        pytest.raises(NotCleared, match="held back"),
        lease.held(clone, "origin", "local-qa", notes),
    ):
        (tmp_path / "origin.git").rename(tmp_path / "gone.git")
        raise NotCleared("held back")
    assert ["is not released" in line for line in notes.lines] == [True]


def test_the_holder_is_this_process_on_this_host() -> None:
    holder = Holder.this_process(datetime.now(UTC))
    assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())
    assert not holder.dead()
