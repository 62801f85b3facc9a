"""``promoter approve``, ``stop`` and ``resume``: interrupted anywhere, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.approvals.control import GitControl
from promoter.approvals.stops import Order, give
from promoter.common.errors import NothingNewer
from tests.approvals.people import Controlled, controlled, site
from tests.interrupts.harness import Command, Interrupt, Run, interrupt_everywhere

__all__ = ["controlled", "site"]

pytestmark = pytest.mark.slow

ORDERED = ("--environment", "production", "--reason", "the ledger", "--remote", "origin")


def require_readable(found: Controlled) -> None:
    """Every commit that the remote has is whole, and so is what this clone has."""
    git = found.site.git
    assert git.text("fsck", "--no-dangling") == ""
    assert not list((git.dir / ".git").rglob("*.lock"))


def statements(found: Controlled, kind: str, person: str) -> int:
    """Return how many statements of a kind somebody has made."""
    now = found.site.fetched()
    control = GitControl(now.deployments["app"], now.gates_tip)
    made = map(control.verified, control.signed)
    return sum((each.kind, each.person) == (kind, person) for each in made)


def test_an_approval_interrupted_anywhere_counts_once_or_not_at_all(
    controlled: Controlled, tmp_path: Path
) -> None:
    """The second vote, which also moves the gate."""
    before: list[int | str] = []

    def change(number: int) -> None:
        controlled.change("zoe", f"change {number}")
        controlled.vote("bob")
        before[:] = [statements(controlled, "approve", "cy"), controlled.gate]
        controlled.act_as("cy")

    def has_moved() -> bool:
        return controlled.gate != before[1]

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        require_readable(controlled)
        now = statements(controlled, "approve", "cy")
        added = now - int(before[0])
        assert added in (0, 1), run.code
        assert has_moved() is (added == 1), controlled.reasons

    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.output
        assert has_moved()
        assert controlled.reasons == ""

    arguments = ("approve", "production", "--reason", "fine", "--yes", "--remote", "origin")
    command = Command(controlled.site.git.dir, arguments, tmp_path)
    interrupt_everywhere(command, change, require_whole, require_done, instants=5, most=10)


@pytest.mark.parametrize("verb", ["stop", "resume"])
def test_a_stop_or_resume_interrupted_anywhere_is_given_or_not(
    controlled: Controlled, tmp_path: Path, verb: str
) -> None:
    for name in ("bob", "cy"):
        controlled.vote(name)

    def is_stopped() -> bool:
        return controlled.reasons.startswith("stopped by")

    def change(number: int) -> None:
        """Stop it, or resume it, so that the command has something to do."""
        controlled.act_as("ann")
        now = controlled.site.fetched()
        kind = "resume" if verb == "stop" else "stop"
        order = Order(kind, f"{number}", "app", "production")
        try:
            give(now.approvals, now.deployments, order)
        except NothingNewer:
            assert number == 0 or is_stopped() is (kind == "stop")
        controlled.act_as("bob")

    def require_whole(run: Run, interrupt: Interrupt) -> None:
        require_readable(controlled)
        if run.code == 0:
            assert is_stopped() is (verb == "stop")
        assert controlled.reasons == "" or is_stopped()

    def require_done(run: Run, number: int) -> None:
        assert run.code in (0, 2), run.output
        assert is_stopped() is (verb == "stop")

    command = Command(controlled.site.git.dir, (verb, *ORDERED), tmp_path)
    interrupt_everywhere(command, change, require_whole, require_done, instants=3, most=6)
