"""The CDK Terrain CLI's output, which decides nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.terminal import run_on_terminal

# Two programs that write, as the CLI and Terraform do; the first error would end them.
PROGRAM = """set -e
i=0; while [ $i -lt 2000 ]; do echo "line $i"; echo "error $i" >&2; i=$((i+1)); done
sh -ec 'echo applied; echo applied >&2'
echo done > record
exit 7
"""
RUN = """
import os, sys
from pathlib import Path
from promoter.programs.cdk_terrain import run_cli
sys.exit(run_cli(["/bin/sh", "-c", sys.argv[1]], Path.cwd(), dict(os.environ)))
"""


@pytest.fixture(params=["closed pipe", "full device"])
def broken(request: pytest.FixtureRequest) -> Iterator[int]:
    """A descriptor that accepts nothing."""
    if request.param == "full device":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, descriptor = os.pipe()
        os.close(reader)
    yield descriptor
    os.close(descriptor)


def test_output_that_is_lost_ends_neither_the_cli_nor_terraform(
    tmp_path: Path, broken: int
) -> None:
    command = [sys.executable, "-c", RUN, PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, stdout=broken, stderr=broken, check=False)
    assert done.returncode == 7
    assert (tmp_path / "record").read_text() == "done\n"


def test_output_that_is_not_on_a_terminal_is_all_there(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, PROGRAM]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert done.stdout.splitlines() == [*(f"line {i}" for i in range(2000)), "applied"]
    assert done.stderr.splitlines() == [*(f"error {i}" for i in range(2000)), "applied"]


# What a value, a name or a provider's message may hold: lines that are erased, hidden or reversed.
HOSTILE = r"""
for descriptor in 0 1 2; do [ -t $descriptor ] && echo "descriptor $descriptor is a terminal"; done
printf '\033[1mlocal-qa\033[0;32m  2 to destroy\033[90m\r\n'
printf 'release \033[1A\033[2K\033[8mnothing\033[28m \342\200\256desrever\233K\b\b\n'
printf 'Error: admission webhook: token=abcdefgh12345 \033]0;title\007\033[\033[0m2J\n' >&2
printf 'applied'
"""


def test_on_a_terminal_nothing_moves_hides_or_reverses_what_is_written(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RUN, HOSTILE]
    done = run_on_terminal(command, tmp_path, os.environ, "applied", b"")
    assert done.code == 0
    lines = done.output.replace("\r\n", "\n").splitlines()
    assert sorted(lines) == [
        "Error: admission webhook: token=[redacted] ?]0;title??[2J",
        "applied",
        "local-qa  2 to destroy",
        "release ?[1A?[2Knothing ?desrever\\x9bK??",
    ]
