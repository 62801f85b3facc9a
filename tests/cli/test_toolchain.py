"""``promoter toolchain``: its output, at most 100 columns wide."""

from __future__ import annotations

import json

import pytest

from promoter.toolchain import NAMES
from tests.command_line import promoter
from tests.platform_fixture import ROOT, toolchain


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "tests")


def test_lists_every_program_in_at_most_100_columns() -> None:
    result = promoter("toolchain")
    assert result.code == 0, result.stderr
    assert all(f"{name} " in result.stdout for name in NAMES)
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    assert result.stdout == promoter("toolchain", "list").stdout


def test_lists_as_json() -> None:
    entries = json.loads(promoter("toolchain", "list", "--json").stdout)
    assert [entry["name"] for entry in entries] == list(NAMES)
    (helm,) = (entry for entry in entries if entry["name"] == "helm")
    assert helm["version"].startswith("3.")


def test_prints_a_path_for_scripts() -> None:
    result = promoter("toolchain", "path", "crane")
    assert result.stdout == f"{toolchain().program('crane')}\n"


def test_builds_what_is_named() -> None:
    result = promoter("toolchain", "build", "crane", "registry", "--json")
    names = ("crane", "registry")
    assert json.loads(result.stdout) == {name: str(toolchain().program(name)) for name in names}


def test_an_unknown_program_is_wrong_usage() -> None:
    result = promoter("toolchain", "path", "vendir")
    assert result.code == 64
    assert "no such program in the toolchain" in result.stderr
