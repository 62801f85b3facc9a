"""Progress on a terminal and in a log."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from promoter.cli.live import Live
from promoter.cli.progress import Lines, shown
from tests.platform.running_parts import until

TIME = r"\d+\.\d s"
COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])[0-9;]*m")


def log() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=False, highlight=False), file


def terminal() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=True, width=80, highlight=False), file


def test_a_log_has_one_line_for_a_quick_task() -> None:
    console, file = log()
    with Lines(console).task("building [helm] v3.22.0") as detail:
        detail("12 packages")
    assert re.fullmatch(rf"building \[helm\] v3\.22\.0 \({TIME}\)\n", file.getvalue())


def test_a_log_names_a_failed_task_and_its_duration() -> None:
    console, file = log()
    with pytest.raises(OSError, match="disk"), Lines(console).task("building"):
        raise OSError("disk full")
    assert re.fullmatch(rf"building: failed after {TIME}", file.getvalue().splitlines()[-1])


def test_a_log_has_heartbeats_with_the_latest_detail() -> None:
    console, file = log()
    with Lines(console, heartbeat=0.01).task("building") as detail:
        detail("package one")
        detail("package two")
        until(lambda: "package two" in file.getvalue())
    beats = [line for line in file.getvalue().splitlines() if "package" in line]
    assert all(re.fullmatch(rf"building \.\.\. {TIME}: package (one|two)", beat) for beat in beats)


def test_a_quick_task_has_no_heartbeat() -> None:
    console, file = log()
    with Lines(console).task("quick") as detail:
        detail("package one")
    assert "package" not in file.getvalue()


def test_long_lines_are_not_wrapped_in_a_log() -> None:
    console, file = log()
    Lines(console).note("word " * 100)
    assert file.getvalue().count("\n") == 1


def test_a_terminal_keeps_one_line_per_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    console, file = terminal()
    progress = Live(console)
    with progress.task("outer") as outer, progress.task("inner"):
        outer("a detail")
        progress.note("a [note]")
    text = file.getvalue()
    assert re.search(rf"inner \({TIME}\)", text)
    assert re.search(rf"outer \({TIME}\)", text)
    assert "a [note]" in text
    assert COLOUR.search(text)


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console, file = terminal()
    with Live(console).task("building") as detail:
        detail("a detail")
    assert "building" in file.getvalue()
    assert not COLOUR.search(file.getvalue())


def test_a_failed_task_is_marked_on_a_terminal() -> None:
    console, file = terminal()
    with pytest.raises(OSError, match="disk"), Live(console).task("building"):
        raise OSError("disk full")
    assert re.search(rf"failed: building \({TIME}\)", file.getvalue())


def test_bars_are_for_terminals_that_can_move_their_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(shown(log()[0]), Lines)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(shown(terminal()[0]), Lines)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(shown(terminal()[0]), Live)


def test_descriptions_details_and_notes_are_sanitized() -> None:
    for console, file in (log(), terminal()):
        progress = shown(console)
        with progress.task("build \x1b[8mx") as update:
            update("\x1b[2Kdetail")
            progress.note("note\u202e \x1b[2J")
        assert not {"\x1b[8m", "\x1b[2J", "\u202e"} & set(
            re.findall("\x1b\\[[0-9]+[A-Z]|.", file.getvalue())
        )
        assert "note? ?[2J" in file.getvalue()
        assert "build ?[8mx" in file.getvalue()
