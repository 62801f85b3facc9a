"""Wrong usage, version, completion and colors of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer
from typer.testing import CliRunner

from promoter.cli.app import context_settings
from tests.command_line import promoter


@pytest.mark.parametrize(
    ("line", "message", "next_step"),
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
    line: str, message: str, next_step: str
) -> None:
    done = promoter(*line.split())
    assert done.code == 64
    assert done.stderr.startswith(f"error: {message}")
    assert done.stderr.endswith(f"next:  {next_step}\n")


def test_the_version_is_the_package_s() -> None:
    assert promoter("--version").stdout == f"{version('promoter')}\n"


def test_help_imports_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "promoter", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    assert {name for name in names if name.startswith("promoter")} == {
        "promoter",
        "promoter.cli",
        "promoter.cli.app",
        "promoter.cli.commands",
        "promoter.cli.streams",
        "promoter.common",
        "promoter.common.errors",
        "promoter.common.signals",
    }


@pytest.mark.parametrize(
    ("words", "expected"), [("promoter ven", "vendor"), ("promoter vendor b", "bump")]
)
def test_a_shell_completes_commands(words: str, expected: str) -> None:
    settings = {
        "_PROMOTER_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from promoter.cli import main; main()"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [expected]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_completion_script(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from promoter.cli import main; main()"],
        env={**os.environ, "_PROMOTER_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "_PROMOTER_COMPLETE=" in done.stdout


@pytest.mark.parametrize(("no_color", "text"), [("", "\x1b[31mred\x1b[0m\n"), ("1", "red\n")])
def test_no_color_is_respected(no_color: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    app = typer.Typer(context_settings=context_settings())
    app.command()(lambda: typer.secho("red", fg="red"))
    assert CliRunner().invoke(app, [], color=True).stdout == text
