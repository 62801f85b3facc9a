"""The README's commands exist and take the options that it shows."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from promoter.common.errors import PromoterError
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


def test_every_exit_code_is_listed() -> None:
    table = README.partition("## Exit codes")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| (\d[\d, ]*) \|", table)
    listed = {int(code) for row in rows for code in row.split(",")}
    signals = {128 + number for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGTERM)}
    errors = {each.exit_code for each in (PromoterError, *PromoterError.__subclasses__())}
    assert listed == {0} | errors | signals
