"""The content hash of a chart equals the chartHash that the stacks compute for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modules.errors import ModuleError
from modules.lana_bank.chart import chart_hash
from promoter.testflight.chart import content_hash
from promoter.testflight.result import TestflightError
from tests.platform_fixture import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A chart with nested folders, dot files and names that sort differently as paths."""
    for name in ("Chart.yaml", ".helmignore", "a/b.yaml", "a-b.yaml", "a/.hidden/c", "ä.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o744, 0o654, 0o645, 0o600, 0o611, 0o666])
def test_both_hashes_are_equal_for_every_mode(folder: Path, mode: int) -> None:
    (folder / "a/b.yaml").chmod(mode)
    assert content_hash(folder) == chart_hash(folder)


@pytest.mark.parametrize("chart", ["charts/lana-bank", "upstream/galoy-private-charts/charts"])
def test_both_hashes_are_equal_for_charts_of_this_repository(chart: str) -> None:
    folder = next((ROOT / chart).rglob("Chart.yaml")).parent
    assert content_hash(folder) == chart_hash(folder)


def test_executable_bits_content_and_dot_files_count(folder: Path) -> None:
    hashes = {content_hash(folder)}
    (folder / "a/b.yaml").chmod(0o755)
    hashes.add(content_hash(folder))
    (folder / "a/b.yaml").write_text("changed")
    hashes.add(content_hash(folder))
    (folder / ".helmignore").write_text("changed")
    hashes.add(content_hash(folder))
    (folder / "a-b.yaml").rename(folder / "a-c.yaml")
    hashes.add(content_hash(folder))
    assert len(hashes) == 5
    assert content_hash(folder) == chart_hash(folder)


def link(folder: Path) -> None:
    (folder / "link").symlink_to("Chart.yaml")


def link_to_a_folder(folder: Path) -> None:
    (folder / "link").symlink_to("a")


def broken_link(folder: Path) -> None:
    (folder / "link").symlink_to("missing")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def no_chart(folder: Path) -> None:
    (folder / "Chart.yaml").unlink()


@pytest.mark.parametrize("make_hostile", [link, link_to_a_folder, broken_link, pipe, no_chart])
def test_both_reject_the_same_trees(folder: Path, make_hostile) -> None:
    make_hostile(folder)
    with pytest.raises(TestflightError):
        content_hash(folder)
    with pytest.raises(ModuleError):
        chart_hash(folder)
