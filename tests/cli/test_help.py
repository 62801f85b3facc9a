"""Every command's --help fits the screen, and its example can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from promoter.cli.app import LazyGroup, application
from tests.command_line import promoter

EXAMPLE = re.compile(r"^  Example: promoter (.+)$", re.MULTILINE)


def tree(group: LazyGroup, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every group and command by the words after ``promoter``."""
    yield path, group
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        below = f"{path} {name}".strip()
        if isinstance(command, LazyGroup):
            yield from tree(command, below)
        else:
            yield below, command


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


COMMANDS = dict(tree(application()))
LEAVES = [path for path, command in COMMANDS.items() if not isinstance(command, LazyGroup)]


def help_of(path: str) -> str:
    done = promoter(*path.split(), "--help")
    assert done.code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_at_most_100_columns_wide_and_cuts_nothing(path: str) -> None:
    text = help_of(path)
    assert max(map(len, text.splitlines())) <= 100
    if isinstance(COMMANDS[path], LazyGroup):
        listed = re.findall(r"(?m)^  ([\w-]+) {2,}(.+)$", text)
        for name, entry in COMMANDS[path].entries.items():
            assert (name, entry.help) in listed


@pytest.mark.parametrize("path", LEAVES)
def test_the_example_is_of_this_command_and_its_arguments_are_accepted(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "what `pipeline comment` needs besides its arguments")
    (example,) = EXAMPLE.findall(help_of(path))
    assert example.startswith(path)
    arguments = shlex.split(example.removeprefix(path))
    COMMANDS[path].make_context(path, arguments)  # raises where an option or argument is wrong
