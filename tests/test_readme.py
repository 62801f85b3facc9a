"""The README's commands exist, and its figures are what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"(?m)^\s*\$ (.+)$", re.sub(r"(?s)```text.*?```", "", README))


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
    shown = subprocess.run(
        [sys.executable, "-m", "promoter", *words(command)[1:], "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert all(option in shown.stdout for option in options)


def test_the_commands_of_the_journey_are_the_ones_that_the_demo_runs() -> None:
    journey = (ROOT / "dev" / "journey.py").read_text()
    for command in ("promoter deploy local-qa", "promoter approve local-production"):
        assert command in README
        assert command in journey
