"""Broken files are refused with their line, and then nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from .differential.twin import Twin
from .reference import run_ours
from .repositories import CONFIG, STATE, everything, recorded


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """A repository in which staging and QA are recorded, and then a file changed."""
    return recorded(tmp_path / "seed")


BROKEN_STATES = {
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda _: b"",
    "conflict": lambda text: b"<<<<<<< HEAD\n" + text + b"=======\n" + text + b">>>>>>> x\n",
    "field gone": lambda text: text.replace(b"      from_commit:", b"      elsewhere:"),
    "not a number": lambda text: text.replace(b"version: 1", b"version: one"),
    "not UTF-8": lambda text: text.replace(b"feat", b"\xff\xfe"),
}


@pytest.mark.parametrize("how", BROKEN_STATES)
@pytest.mark.parametrize("command", ["check", "record", "prepare", "reproduce"])
def test_a_broken_state_file_is_refused_and_nothing_is_written(
    twin: Twin, how: str, command: str
) -> None:
    file = twin.top / STATE
    file.write_bytes(BROKEN_STATES[how](file.read_bytes()))
    before, head = everything(twin.top), twin.git("rev-parse", "HEAD")
    done = run_ours(twin.top, command, "-e", "staging")
    assert done.code == 1
    assert STATE in done.err
    assert "next:" in done.err
    if how != "empty":
        assert "line " in done.err
    assert everything(twin.top) == before
    assert twin.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (CONFIG.replace(b"      - m/*\n  qa", b"      - m/*\n   qa"), "line "),
        (CONFIG.replace(b"passed: staging", b"passed: nowhere"), "line 6"),
        (CONFIG.replace(b"latest:\n      - m/*", b"latest: m/*"), "line 4"),
        (CONFIG.replace(b"- m/*\n  qa", b"- m**\n  qa"), "pattern"),
        (b"<<<<<<< HEAD\n" + CONFIG, "line "),
        (b"", "empty"),
    ],
)
def test_a_broken_config_is_refused_with_its_line(twin: Twin, broken: bytes, line: str) -> None:
    (twin.top / "cepler.yml").write_bytes(broken)
    before = everything(twin.top)
    done = run_ours(twin.top, "record", "-e", "staging")
    assert done.code == 1
    assert "cepler.yml" in done.err
    assert line in done.err
    assert everything(twin.top) == before


@pytest.mark.parametrize(
    "broken", [b"staging: [1]\n", b"qa: HEAD\n", b"staging: abc\n", b"<<<<<<< HEAD\n", b"staging\n"]
)
def test_a_broken_gates_file_is_refused(twin: Twin, broken: bytes) -> None:
    (twin.top / "gates.yml").write_bytes(broken)
    before = everything(twin.top)
    done = run_ours(twin.top, "-g", "gates.yml", "record", "-e", "staging")
    assert done.code == 1
    assert "gates.yml" in done.err
    assert everything(twin.top) == before


def test_other_environments_files_are_not_touched(twin: Twin) -> None:
    other = twin.top / ".cepler/lana/qa.state"
    before = other.stat()
    (twin.top / ".cepler/lana/README").write_text("stays")
    assert run_ours(twin.top, "record", "-e", "staging").code == 0
    after = other.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (twin.top / ".cepler/lana/README").read_text() == "stays"
