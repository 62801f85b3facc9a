"""docs/approvals.md: its files are valid, and its commands run in the order of the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.approvals.people import Controlled, controlled, key, site
from tests.site.repository import deployed

__all__ = ["controlled", "site"]

PAGE = (Path(__file__).parents[2] / "docs/approvals.md").read_text()
FILES = dict(re.findall(r"(?s)```yaml\n# (\S+)\n(.*?)```", PAGE))
STEP = re.compile(
    r'(?s)<!-- as: (\w+) -->|<!-- change: (\S+) "(.*?)" "(.*?)" -->|```console\n(.*?)```'
)


def run(commands: str, folder: Path) -> str:
    script = "set -euo pipefail\n" + re.sub(r"(?m)^\$ ", "", commands)
    variables = {name: value for name, value in os.environ.items() if name != "CI"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**variables, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_every_command_of_the_page_runs_in_its_order(controlled: Controlled) -> None:
    assert set(FILES) == {"cepler/app.rules.yml", "cepler/teams.yml"}
    git, outputs, shown = controlled.site.git, [], dict(FILES)
    with_rules(controlled, FILES)
    for name in ("eve", "dee-new"):
        key(controlled.folder, name)
    for person, file, old, new, commands in STEP.findall(PAGE):
        if file:
            assert old in shown[file]
            shown[file] = shown[file].replace(old, new)
            controlled.push("zoe", **{file: shown[file]})
        elif person:
            controlled.act_as(person)
        else:
            git.text("merge", "-q", "--ff-only", controlled.site.fetched().tip)
            outputs.append(run(commands, git.dir))
    text = "\n".join(outputs)
    assert "held back by gate" in outputs[0]
    assert "approved production by cy: 2 of 2 approvals (bob, cy)" in text
    assert "rejected production by ann" in text
    assert "resumed production by bob" in text
    assert "overridden production by dee" in text
    assert len(re.findall(r"approved app by \w+: 2 of 2 approvals", text)) == 4
    assert outputs[-1].startswith('Good "promoter" signature for ')


def with_rules(controlled: Controlled, files: dict[str, str]) -> None:
    """Deploy production, make the page's files the ones that count, and let QA run a change."""
    for name in ("bob", "cy"):
        controlled.vote(name)
    controlled.act_as("bot")
    deployed(controlled.site, "production")
    controlled.push("zoe", **files)
    for name in ("bob", "cy"):
        controlled.vote_on_rules(name)
    controlled.change("zoe", "3")
