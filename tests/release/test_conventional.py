from __future__ import annotations

import pytest

from promoter.release.conventional import Conventional, NotConventional, parse


@pytest.mark.parametrize(
    ("message", "parsed"),
    [
        ("feat: x", Conventional("feat", "", "x", breaking=False)),
        ("FIX(loans): x", Conventional("fix", "loans", "x", breaking=False)),
        ("feat!: x", Conventional("feat", "", "x", breaking=True)),
        ("fix(a-b/c)!: x y", Conventional("fix", "a-b/c", "x y", breaking=True)),
        ("\n\nfeat: x\n", Conventional("feat", "", "x", breaking=False)),
        ("feat: BREAKING CHANGE: x", Conventional("feat", "", "BREAKING CHANGE: x", False)),
    ],
)
def test_summaries(message: str, parsed: Conventional) -> None:
    assert parse(message) == parsed


@pytest.mark.parametrize(
    ("after", "breaking"),
    [
        ("\n\nBREAKING CHANGE: y", True),
        ("\n\nBREAKING-CHANGE: y", True),
        ("\n\nBREAKING CHANGE #1", True),
        ("\nBREAKING CHANGE: y", True),
        ("\n\n  BREAKING CHANGE: y", True),
        ("\n\nBody.\nBREAKING CHANGE: y", True),
        ("\n\nBody.\n\nRefs: 1\nBREAKING CHANGE: y", True),
        ("\r\n\r\nBody.\r\n\r\nBREAKING CHANGE: y", True),
        ("\n\nBREAKING CHANGE:\ny", True),
        ("\n\nBREAKING CHANGES: y", False),
        ("\n\nBREAKING-CHANGES: y", False),
        ("\n\nbreaking change: y", False),
        ("\n\nThis is no BREAKING CHANGE: y", False),
        ("\n\nBREAKING CHANGE y", False),
        # Once footers have begun, an indented line belongs to the footer before it.
        ("\n\nRefs: 1\n  BREAKING CHANGE: y", False),
        # What follows ":" and a line break is that footer's content.
        ("\n\nRefs:\nBREAKING CHANGE: y", False),
    ],
)
def test_breaking_footers(after: str, breaking: bool) -> None:
    assert parse(f"fix: x{after}").breaking is breaking


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("", "the message is empty"),
        ("update things", "'update things' has no '<type>: ' at its start"),
        ("feat:x", "has no blank after the colon"),
        ("feat:", "has no blank after the colon"),
        ("feat(a b): x", r"'feat\(a b\)' is not a type"),
        ("feat (a): x", r"'feat \(a\)' is not a type"),
        ("feat(): x", r"'feat\(\)' is not a type"),
        ("Merge branch 'x': y", "is not a type"),
        ("1.2.3: x", "'1.2.3' is not a type"),
    ],
)
def test_a_message_that_is_not_conventional_is_rejected_with_a_reason(
    message: str, reason: str
) -> None:
    with pytest.raises(NotConventional, match=reason):
        parse(message)
