"""Two deploys of one environment: one wins, the other names the holder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.holder import Holder
from promoter.deploy import lease
from promoter.git import Git

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
    with lease.held(clone, "origin", "local-qa"):
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


def test_one_that_was_taken_over_can_neither_renew_nor_release(clone: Git) -> None:
    mine = lease.acquire(clone, "origin", "local-qa")
    put(clone, host="elsewhere", pid=1)
    with pytest.raises(PromoterError, match="another deploy took it over"):
        mine.renew()
    mine.release()
    assert clone.remote_ref("origin", REF) is not None


def test_a_renewed_lease_is_released_at_the_end_of_its_block(clone: Git) -> None:
    with lease.held(clone, "origin", "local-qa") as mine:
        assert mine.renew().commit == clone.remote_ref("origin", REF)
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


def test_the_holder_is_this_process_on_this_host() -> None:
    holder = Holder.this_process(datetime.now(UTC))
    assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())
    assert not holder.dead()
