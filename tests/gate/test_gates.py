"""The gates file: read as cepler reads it, rewritten one entry at a time."""

from __future__ import annotations

import pytest

from promoter.common.errors import InvalidFile
from promoter.gate.gates import read_gates, with_gate

ONE, TWO = "1" * 40, "2" * 40
FILE = f"""\
# Who is held where.
staging: HEAD
production: {ONE}  # since the audit
"qa": 'HEAD'
"""


def test_one_entry_is_replaced_and_every_other_byte_stays() -> None:
    assert with_gate(FILE, "production", TWO) == FILE.replace(ONE, TWO)
    assert with_gate(FILE, "qa", TWO) == FILE.replace("'HEAD'", TWO)


def test_line_ends_stay_as_they_are() -> None:
    windows = FILE.replace("\n", "\r\n")
    assert with_gate(windows, "production", TWO) == windows.replace(ONE, TWO)


def test_a_missing_environment_is_added_at_the_end() -> None:
    assert with_gate(FILE, "new", TWO) == f"{FILE}new: {TWO}\n"
    assert with_gate("", "new", TWO) == f"new: {TWO}\n"


def test_what_one_line_cannot_replace_is_refused() -> None:
    with pytest.raises(InvalidFile, match="not a line of its own"):
        with_gate("{staging: HEAD, qa: HEAD}\n", "qa", TWO)


def test_head_is_no_gate_and_a_commit_is_one() -> None:
    gates = read_gates(FILE.encode(), "app.yml")
    assert gates.commit("staging") is None
    assert gates.commit("production") == ONE


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"staging: [HEAD]\n", "app.yml"),
        (b"<<<<<<< ours\nstaging: HEAD\n", "app.yml"),
        (b"\xff\xfe", "app.yml"),
        (b"- staging\n", "app.yml"),
    ],
)
def test_a_file_that_is_none_is_named(content: bytes, expected: str) -> None:
    with pytest.raises(InvalidFile, match=expected):
        read_gates(content, "app.yml")


def test_a_missing_environment_and_a_gate_that_is_no_commit_are_named() -> None:
    with pytest.raises(InvalidFile, match="missing in gates file: nowhere"):
        read_gates(FILE.encode(), "app.yml").commit("nowhere")
    with pytest.raises(InvalidFile, match="not a valid commit hash"):
        read_gates(b"qa: main\n", "app.yml").commit("qa")
