"""A ledger is changed by compare-and-swap, also when another process is faster."""

from __future__ import annotations

import pytest

from promoter.common.errors import NothingNewer, RemoteMoved
from promoter.git import Git
from promoter.git.ledger import Entry, Ledger

from .conftest import advance


@pytest.fixture
def ledger(clone: Git) -> Ledger:
    clone.text("config", "user.name", "somebody")
    clone.text("config", "user.email", "somebody@localhost")
    return Ledger(clone, "origin", "votes")


def test_the_first_entry_creates_the_branch(ledger: Ledger, remote: Git) -> None:
    commit = ledger.append(lambda tip: Entry({"a": b"1"}, f"feat: first on {tip}"))
    assert remote.commit("votes") == commit
    assert remote.text("log", "-1", "--format=%s", "votes") == "feat: first on None"


def test_an_entry_is_computed_again_when_the_branch_moved(ledger: Ledger, remote: Git) -> None:
    tips: list[str | None] = []

    def entry(tip: str | None) -> Entry:
        tips.append(tip)
        if len(tips) == 1:
            advance(remote, "votes")
        return Entry({"mine": str(tip).encode()}, "feat: mine")

    ledger.append(entry)
    assert tips[0] is None
    assert remote.file("votes", "mine") == str(tips[1]).encode()
    assert remote.file("votes", "file") is not None


def test_an_entry_that_refuses_ends_the_attempts(ledger: Ledger, remote: Git) -> None:
    def entry(tip: str | None) -> Entry:
        raise NothingNewer("already there")

    with pytest.raises(NothingNewer):
        ledger.append(entry)
    assert remote.commit("votes") is None


def test_a_push_on_a_stale_tip_is_refused(ledger: Ledger, remote: Git) -> None:
    commit = ledger.append(lambda _: Entry({"a": b"1"}, "feat: first"))
    newest = advance(remote, "votes")
    with pytest.raises(RemoteMoved):
        ledger.push(commit, Entry({"a": b"2"}, "feat: second"))
    assert remote.commit("votes") == newest


def test_a_push_that_arrived_has_worked_also_where_the_response_is_lost(
    ledger: Ledger, remote: Git
) -> None:
    hook = remote.dir / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")  # The ref has moved, and nobody hears of it.
    hook.chmod(0o755)
    commit = ledger.append(lambda _: Entry({"a": b"1"}, "feat: first"))
    assert remote.commit("votes") == commit
