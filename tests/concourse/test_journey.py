"""docs/pipelines.md shows the present journey, and names existing files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.concourse.journey import PAGE, REMEDY, journey, mermaid, updated_page
from tests.concourse.test_pipelines import ROOT


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / PAGE).read_text()
    assert page == updated_page(page, ROOT), REMEDY


def test_the_command_reports_and_updates_an_outdated_page(tmp_path: Path) -> None:
    for name in ("docs", "ci", "upstream", "cepler", ".github"):
        shutil.copytree(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "promoter", "pipeline", "graph", "--root", str(tmp_path)]

    def run(*more: str) -> tuple[int, str]:
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    page = tmp_path / PAGE
    original = page.read_text()
    assert run("--check") == (0, "")
    page.write_text(original.replace("graph LR", "graph TD"))
    assert run("--check") == (1, f"docs/pipelines.md is out of date: {REMEDY}\n")
    assert run() == (0, "")
    assert page.read_text() == original


def test_every_box_has_a_file() -> None:
    boxes, _ = journey(ROOT)
    assert all((ROOT / file).is_file() for file in boxes.values())
    assert len({box.identity for box in boxes}) == len(boxes)


def test_a_commit_reaches_production_along_the_arrows() -> None:
    _, arrows = journey(ROOT)
    reached, pending = set(), [("Concourse: lana-bank", "test-integration")]
    while pending:
        box = pending.pop()
        reached.add(box)
        pending += [each.end for each in arrows if each.start == box and each.end not in reached]
    assert ("Concourse: galoy-deployments", "gcp-volcano-production") in reached


def test_a_person_decides_about_the_release() -> None:
    assert '-->|"a person merges"| Concourse__lana_bank_release' in mermaid(ROOT)


def test_a_page_without_the_markers_is_an_error() -> None:
    with pytest.raises(InvalidFile, match=r"the markers .* are missing"):
        updated_page("# Pipelines\n", ROOT)
