"""docs/releasing.md, followed from top to bottom."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.forge.forge import Query
from promoter.vendoring.pins import read_pins

from .conftest import ROOT
from .sandbox import PROGRAM, Sandbox


def promoter_in(sandbox: Sandbox, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in the application's clone, with the sandbox's registry."""
    registry = sandbox.application.registry
    programs = [str(Path(sys.executable).parent), str(registry.crane.parent)]
    return subprocess.run(
        command,
        cwd=sandbox.application.git.dir,
        env={
            **os.environ,
            "PATH": os.pathsep.join([*programs, os.environ["PATH"]]),
            "PROMOTER_REGISTRY": registry.address,
        },
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_every_command_of_the_page_works_in_its_order(sandbox: Sandbox) -> None:
    page = (ROOT / "docs" / "releasing.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert [command[2] for command in commands] == [
        "next",
        "candidate",
        "promote",
        "file-check",
        "final",
        "show",
        "bump-chart",
    ]
    program = sandbox.application.git.dir / "result" / "bin" / "lana-cli"
    program.parent.mkdir(parents=True)
    program.write_bytes(PROGRAM)
    # No builder and no base image are needed where a pipeline has built the images.
    built = sandbox.application.inputs.images
    for command in commands:
        if "--artifact" in command:
            command.extend(f"--image={name}={layout}" for name, layout in built.items())
        if command[2] == "file-check":
            sandbox.application.git.text("fetch", "--quiet", "origin")
        if command[2] == "final":
            sandbox.merge(sandbox.application.forge.pull_requests(Query())[0])
        done = promoter_in(sandbox, command)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"
    bump = sandbox.charts.forge.pull_requests(Query())[0]
    values = sandbox.charts.git.file(bump.head_commit, "charts/lana-bank/values.yaml") or b""
    assert len(read_pins(values.decode())) == 4
