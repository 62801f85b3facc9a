"""The README's commands exist and take the options that it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.command_line import promoter
from tests.demo.typed import README, steps

ROOT = Path(__file__).parents[1]
# The other sections are typed in order (tests/demo).
TYPED = {
    each.line for title in ("On your own clone", "How a change travels") for each in steps(title)
}
SHOWN = re.findall(r"(?m)^\s*\$ (.+)$", re.sub(r"(?s)```text.*?```", "", README))
COMMANDS = [each for each in SHOWN if each not in TYPED]


def words(command: str) -> list[str]:
    return shlex.split(re.sub(r"<[^>]+>", "x", command), comments=True)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("make ")])
def test_a_make_target_is_there(command: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", *words(command)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("promoter ")])
def test_a_command_takes_the_options_that_are_shown(command: str) -> None:
    """Up to the point where it would act: --help wins over everything and checks the options."""
    options = [word for word in words(command) if word.startswith("-")]
    shown = promoter(*words(command)[1:], "--help")
    assert shown.code == 0, shown.stderr
    assert all(option in shown.stdout for option in options)
