"""What other people wrote reaches a terminal as words."""

from __future__ import annotations

import pytest

from promoter.common.plain import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("feat: größer 🎉", "feat: größer 🎉"),
        ("\x1b[2Jgone", "?[2Jgone"),
        ("a\r\nTestflight: forged", "a??Testflight: forged"),
        ("\x9b31m", "?31m"),
        ("\u202etxt.exe", "?txt.exe"),
        ("one\u2028two", "one?two"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    assert plain(text) == shown
