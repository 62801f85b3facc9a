"""docs/releasing.md, followed from top to bottom."""

from __future__ import annotations

import re
import shlex

import pytest

from promoter.forge.forge import Query
from promoter.vendoring.pins import read_pins

from .conftest import ROOT
from .sandbox import Sandbox
from .test_scripts import promoter_in


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
    for command in commands:
        if command[2] == "file-check":
            sandbox.application.git.text("fetch", "--quiet", "origin")
        if command[2] == "final":
            sandbox.merge(sandbox.application.forge.pull_requests(Query())[0])
        done = promoter_in(sandbox, command)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.stderr}"
    bump = sandbox.charts.forge.pull_requests(Query())[0]
    values = sandbox.charts.git.file(bump.head_commit, "charts/lana-bank/values.yaml") or b""
    assert len(read_pins(values.decode())) == 4
