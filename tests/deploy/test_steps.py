"""The running step of a deploy, in its lease: shown while it runs, and never in its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from promoter.common.errors import RemoteMoved
from promoter.common.progress import Silent
from promoter.deploy import lease, steps
from promoter.git import Git
from tests.deploy.test_lease import REF, clone, late, put

__all__ = ["clone", "late"]


def step(git: Git) -> str:
    """Return the step that those who read the lease see, "" without any."""
    refs = {REF: commit} if (commit := git.remote_ref("origin", REF)) else {}
    running = lease.running_deploys(git, "origin", refs)
    return running["local-qa"].step if running else ""


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + 60
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    assert is_so()


def test_the_newest_step_is_shown_until_the_lease_ends(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "PAUSE", 0.01)
    with lease.held(clone, "origin", "local-qa", Silent()) as mine:
        assert step(clone) == ""
        with steps.shown_steps(mine, Silent()) as progress:
            for name in ("tofu plan local-qa", "tofu apply local-qa"):
                with progress.task(name):
                    until(lambda name=name: step(clone) == name)
    assert clone.remote_ref("origin", REF) is None


def test_steps_that_are_shorter_than_a_pause_are_not_pushed(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[str] = []
    monkeypatch.setattr(lease.Lease, "show", lambda self, step: pushed.append(step))
    with (
        lease.held(clone, "origin", "local-qa", Silent()) as mine,
        steps.shown_steps(mine, Silent()) as progress,
    ):
        for number in range(100):
            progress.task(f"step {number}")
    assert pushed == []


def test_a_lease_that_was_taken_over_is_left_alone(clone: Git) -> None:
    mine = lease.acquire(clone, "origin", "local-qa")
    put(clone, host="elsewhere", pid=1)
    theirs = clone.remote_ref("origin", REF)
    with steps.shown_steps(mine, Silent()) as progress:
        progress.task("tofu apply")
    with pytest.raises(RemoteMoved):
        mine.show("tofu apply")
    mine.release()
    assert clone.remote_ref("origin", REF) == theirs


@pytest.mark.usefixtures("late")
def test_a_step_whose_push_was_ended_but_arrived_is_in_nobodys_way(clone: Git) -> None:
    mine = lease.acquire(clone, "origin", "local-qa")
    for act in (mine.renew, lambda: mine.show("tofu apply")):
        before = mine.commit
        mine.show("tofu plan")
        mine.commit = before
        act()
        assert mine.commit == clone.remote_ref("origin", REF)
    before = mine.commit
    mine.show("smoketest")
    mine.commit = before
    mine.release()
    assert clone.remote_ref("origin", REF) is None


@pytest.mark.usefixtures("late")
def test_a_renewal_keeps_the_step_and_moves_the_end(
    clone: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = lease.acquire(clone, "origin", "local-qa")
    mine.show("tofu apply")
    until_when = mine.holder.until
    monkeypatch.setattr(lease, "DURATION", lease.DURATION + timedelta(minutes=5))
    mine.renew()
    assert step(clone) == "tofu apply"
    assert mine.holder.until > until_when
    mine.release()
