"""What is called wrongly, and colours."""

from __future__ import annotations

import sys

import pytest
import typer
from typer.testing import CliRunner

from promoter.cli import guarded
from promoter.cli.app import app_with, run_app


@pytest.mark.parametrize(
    ("line", "what", "next_step"),
    [
        ("nonsense", "No such command 'nonsense'.", "promoter --help"),
        ("deploy", "Missing argument 'environment'.", "promoter deploy --help"),
        ("deploy local-qa --nonsense", "No such option: --nonsense", "promoter deploy --help"),
        ("vendor", "Missing command.", "promoter vendor --help"),
        ("vendor nonsense", "No such command 'nonsense'.", "promoter vendor --help"),
        ("vendor bump", "Missing argument 'dependency'.", "promoter vendor bump --help"),
        ("release final x", "Invalid value for 'number'", "promoter release final --help"),
    ],
)
def test_wrong_usage_is_64_and_names_the_help_to_read(
    line: str,
    what: str,
    next_step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["promoter", *line.split()])
    assert guarded(run_app) == 64
    said = capsys.readouterr().err
    assert said.startswith(f"error: {what}")
    assert said.endswith(f"next:  {next_step}\n")


@pytest.mark.parametrize(("no_color", "said"), [("", "\x1b[31mred\x1b[0m\n"), ("1", "red\n")])
def test_nothing_is_coloured_where_no_color_is_set(
    no_color: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    app = app_with()
    app.command("say")(lambda: typer.secho("red", fg="red"))
    assert CliRunner().invoke(app, ["say"], color=True).stdout == said
