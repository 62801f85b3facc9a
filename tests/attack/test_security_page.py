"""SECURITY.md: every defense that it claims names tests, and they exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scene_fixture import ROOT

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("title", ["What the gate defends against", "Who can do what"])
def test_every_defense_names_tests_that_exist(title: str) -> None:
    page = (ROOT / "SECURITY.md").read_text()
    table = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert rows
    for row in rows:
        named = re.findall(r"`(tests/[\w/.-]+)`", row[-1])
        assert named, row[0]
        for path in named:
            assert (ROOT / path).is_file(), path


def test_every_attack_is_named() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    for script in FOLDER.glob("*/*.txt"):
        assert str(script.relative_to(ROOT)) in page, script.name
