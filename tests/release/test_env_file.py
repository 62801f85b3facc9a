from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.release.env_file import set_variable
from promoter.release.errors import ReleaseError

LINES = st.lists(
    st.sampled_from([b"A=1", b"# VERSION=old", b"", b"VERSION=old", b"VERSION_X=3", b"export B=2"])
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"VERSION=1.2.3\n"),
        (b"A=1\nVERSION=0\nB=2\n", b"A=1\nVERSION=1.2.3\nB=2\n"),
        (b"A=1", b"A=1\nVERSION=1.2.3\n"),
        (b"A=1\r\nVERSION=0\r\n", b"A=1\r\nVERSION=1.2.3\r\n"),
        (b"A=1\r\n", b"A=1\r\nVERSION=1.2.3\r\n"),
        (b"VERSION=0\nA=1\nVERSION=9\nB=2\n", b"VERSION=1.2.3\nA=1\nB=2\n"),
        (b"export VERSION=0\n", b"VERSION=1.2.3\n"),
        (b"OTHER_VERSION=0\n", b"OTHER_VERSION=0\nVERSION=1.2.3\n"),
    ],
)
def test_sets_the_variable_and_keeps_the_rest(before: bytes, after: bytes) -> None:
    assert set_variable(before, "VERSION", "1.2.3") == after


@given(lines=LINES, end=st.sampled_from([b"\n", b"\r\n"]), closed=st.booleans())
def test_is_idempotent_and_keeps_every_other_line(
    lines: list[bytes], end: bytes, closed: bool
) -> None:
    before = end.join(lines) + (end if closed else b"")
    once = set_variable(before, "VERSION", "1.2.3")
    assert set_variable(once, "VERSION", "1.2.3") == once
    assert once.splitlines().count(b"VERSION=1.2.3") == 1

    def others(text: bytes) -> list[bytes]:
        return [line for line in text.splitlines() if line and not line.startswith(b"VERSION=")]

    assert others(once) == others(before)


@pytest.mark.parametrize("value", ["two words", "a#b", 'a"b', "a\nb", "$HOME"])
def test_refuses_a_value_that_would_need_quoting(value: str) -> None:
    with pytest.raises(ReleaseError, match="would need quoting"):
        set_variable(b"", "VERSION", value)
