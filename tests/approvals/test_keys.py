"""A key that does not count is named with the reason, and with what to do."""

from __future__ import annotations

import pytest

from promoter.approvals.stops import Order, give
from promoter.common.errors import UsageError
from tests.approvals.people import TEAMS, Controlled, controlled, key, site

__all__ = ["controlled", "site"]

KEY = "approve production: the key of bob@bank.example"
SIGNERS = "cepler/allowed_signers"
STEP = "promoter approve app --rules --reason '...'"


@pytest.mark.parametrize(
    ("options", "problem", "step"),
    [
        (
            'namespaces="git,promoter",valid-before="20260101Z"',
            f"{KEY} ended at 2026-01-01T00:00:00+00:00",
            f"have a line with a new key of bob@bank.example added to {SIGNERS}; {STEP}",
        ),
        (
            'valid-after="29990101",namespaces="git,promoter"',
            f"{KEY} counts from 2999-01-01T00:00:00",
            "wait until then, or sign with another key",
        ),
        (
            'namespaces="git"',
            f"{KEY} may not sign in the namespace promoter",
            'write namespaces="git,promoter" in its line of cepler/allowed_signers; ' + STEP,
        ),
    ],
)
def test_a_vote_by_a_key_that_does_not_count_says_why(
    controlled: Controlled, options: str, problem: str, step: str
) -> None:
    change_options(controlled, options)
    with pytest.raises(UsageError) as refused:
        controlled.vote("bob")
    assert str(refused.value).startswith(problem)
    assert refused.value.next_step == step


def test_a_key_of_nobody_in_the_teams_file_is_named_as_such(controlled: Controlled) -> None:
    controlled.push("zoe", **{"cepler/teams.yml": TEAMS.replace("keys: [ann@", "keys: [anna@")})
    approve_rules(controlled)
    with pytest.raises(UsageError, match=r"the key of ann@bank.example is in no entry of cepler/"):
        controlled.vote("ann")


def test_a_stop_by_an_ended_key_says_when_it_ended_and_stops_nothing(
    controlled: Controlled,
) -> None:
    change_options(controlled, 'namespaces="promoter",valid-before="202601011200Z"')
    controlled.act_as("bob")
    now = controlled.site.fetched()
    with pytest.raises(UsageError, match=r"key of bob@bank.example ended at 2026-01-01T12:00:00"):
        give(now.approvals, now.deployments, Order("stop", "x", "app", "production"))
    assert controlled.site.fetched().gates_tip == now.gates_tip


def test_a_key_that_is_in_no_line_is_nobodys(controlled: Controlled) -> None:
    key(controlled.folder, "eve")
    with pytest.raises(UsageError, match="is not that of a person"):
        controlled.vote("eve")


def change_options(found: Controlled, options: str) -> None:
    """Give Bob's key other options, with the approval of Ann and Cy."""
    now = found.site.fetched()
    signers = (now.git.file(now.tip, "cepler/allowed_signers") or b"").decode()
    own = 'bob@bank.example namespaces="git,promoter"'
    found.push("zoe", cepler__allowed_signers=signers.replace(own, f"bob@bank.example {options}"))
    approve_rules(found)


def approve_rules(found: Controlled) -> None:
    for name in ("ann", "cy"):
        found.vote_on_rules(name)
