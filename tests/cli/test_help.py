"""Every command's --help fits the screen, says its whole summary, and its example can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from promoter.cli.app import COMMANDS, app_with

APP = app_with(*COMMANDS)
ROOT = get_command(APP)
EXAMPLE = re.compile(r"^  Example: promoter (.+)$", re.MULTILINE)


def tree(group: TyperGroup, path: str = "") -> Iterator[tuple[str, TyperGroup | TyperCommand]]:
    """Every group and command by what is typed after ``promoter``."""
    yield path, group
    for name, command in group.commands.items():
        below = f"{path} {name}".strip()
        if isinstance(command, TyperGroup):
            yield from tree(command, below)
        else:
            assert isinstance(command, TyperCommand)
            yield below, command


assert isinstance(ROOT, TyperGroup)
EVERY = dict(tree(ROOT))
LEAVES = [path for path, command in EVERY.items() if isinstance(command, TyperCommand)]


def help_of(path: str) -> str:
    told = CliRunner().invoke(APP, [*path.split(), "--help"], terminal_width=100)
    assert told.exit_code == 0, told.output
    return told.stdout


@pytest.mark.parametrize("path", EVERY)
def test_nothing_is_wider_than_100_columns_or_cut(path: str) -> None:
    told = help_of(path)
    assert max(map(len, told.splitlines())) <= 100
    assert "..." not in told.partition("Commands:")[2]


@pytest.mark.parametrize("path", LEAVES)
def test_the_example_is_of_this_command_and_its_arguments_are_taken(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "what `pipeline comment` needs beside its arguments")
    (example,) = EXAMPLE.findall(help_of(path))
    assert example.startswith(path)
    arguments = shlex.split(example.removeprefix(path))
    EVERY[path].make_context(path, arguments)  # raises where an option or argument is wrong
