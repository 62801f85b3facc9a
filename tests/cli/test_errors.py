"""Errors on the command line; their text may come from a remote or a chart."""

from __future__ import annotations

import errno
import json
import math
import stat
import sys
import tempfile
from pathlib import Path
from typing import Never

import pytest

from promoter.cli import guarded
from promoter.common.errors import NothingNewer, PromoterError


def failing(error: Exception) -> Never:
    raise error


def test_secrets_and_escape_sequences_are_not_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = PromoterError(
        "clone https://me:hunter22@host/x: remote: \x1b[2Jgone\nfatal: no",
        next_step="set token=abcdefgh",
    )
    assert guarded(lambda: failing(error)) == 1
    assert capsys.readouterr().err == (
        "error: clone https://[redacted]@host/x: remote: ?[2Jgone\n"
        "fatal: no\n"
        "next:  set token=[redacted]\n"
    )


def test_an_error_fills_one_screen_at_most_and_the_whole_is_in_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines = ["apply: token=abcdefgh", "x" * 500, *(f"line {number}" for number in range(100))]
    guarded(lambda: failing(PromoterError("\n".join(lines), next_step="read it")))
    shown = capsys.readouterr().err.splitlines()
    (report,) = tmp_path.iterdir()
    assert shown[-2:] == [f"... the whole message: {report}", "next:  read it"]
    assert sum(math.ceil(len(line) / 100) for line in shown) <= 20
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert report.read_text().splitlines() == [
        "error: apply: token=[redacted]",
        *lines[1:],
    ]


def test_an_error_of_one_long_line_is_cut(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    guarded(lambda: failing(PromoterError("x" * 5000)))
    assert len(capsys.readouterr().err) < 2000
    (report,) = tmp_path.iterdir()
    assert "x" * 5000 in report.read_text()


def test_without_room_for_a_file_all_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    guarded(lambda: failing(PromoterError("x" * 5000)))
    assert capsys.readouterr().err == f"error: {'x' * 5000}\n"


def test_the_exit_code_is_the_error_class_s() -> None:
    assert guarded(lambda: failing(NothingNewer("nothing"))) == 2


def test_what_nobody_expected_is_one_line_that_names_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("SOME_TOKEN", "hunter22")
    assert guarded(lambda: failing(ZeroDivisionError("by hunter22\nand more"))) == 1
    (report,) = tmp_path.iterdir()
    assert capsys.readouterr().err == (
        f"error: unexpected ZeroDivisionError: by [redacted]\nnext:  report it, with {report}\n"
    )
    assert report.stat().st_mode & 0o777 == 0o600
    assert "Traceback (most recent call last)" in report.read_text()
    assert "in failing" in report.read_text()
    assert "hunter22" not in report.read_text()


def test_a_report_that_cannot_be_written_replaces_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert guarded(lambda: failing(RecursionError("too deep"))) == 1
    assert "error: unexpected RecursionError: too deep\n" in capsys.readouterr().err


def test_a_file_of_the_machine_s_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/home/x")
    assert guarded(lambda: failing(error)) == 1
    assert capsys.readouterr().err == (
        "error: use /home/x: Permission denied\n"
        "next:  give yourself access to it, or name another\n"
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [(PromoterError("no", next_step="do"), 1), (NothingNewer("no"), 2), (KeyError("no"), 1)],
)
def test_every_failure_is_json_where_it_is_requested(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: int,
) -> None:
    monkeypatch.setattr(sys, "argv", ["promoter", "plan", "--json"])
    assert guarded(lambda: failing(error)) == code
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {"error", "next", "exit_code"}
    assert document["exit_code"] == code
    assert "no" in document["error"]
