"""The hash of a chart changes with its content, and with nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from modules.errors import ModuleError
from modules.lana_bank.chart import chart_hash


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("name: x\n")
    (folder / ".helmignore").write_text("*~\n")
    (folder / "templates/a.yaml").write_text("a: 1\n")
    return folder


def rename(chart: Path) -> None:
    (chart / "templates/a.yaml").rename(chart / "templates/b.yaml")


def make_executable(chart: Path) -> None:
    (chart / "templates/a.yaml").chmod(0o755)


@pytest.mark.parametrize(
    "change",
    [
        lambda chart: (chart / "templates/a.yaml").write_text("a: 2\n"),
        lambda chart: (chart / ".helmignore").write_text("*.orig\n"),
        lambda chart: (chart / "new").write_text(""),
        lambda chart: (chart / "templates/a.yaml").unlink(),
        rename,
        make_executable,
    ],
)
def test_a_change_is_seen(chart: Path, change: Callable[[Path], object]) -> None:
    before = chart_hash(chart)
    change(chart)
    assert chart_hash(chart) != before


def test_the_time_of_a_change_is_not_seen(chart: Path) -> None:
    before = chart_hash(chart)
    os.utime(chart / "Chart.yaml", (1, 1))
    (chart / "empty").mkdir()
    assert chart_hash(chart) == before


def test_moving_a_boundary_between_name_and_content_is_seen(chart: Path) -> None:
    (chart / "ab").write_text("c")
    before = chart_hash(chart)
    (chart / "ab").unlink()
    (chart / "a").write_text("bc")
    assert chart_hash(chart) != before


def test_no_chart_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModuleError, match=r"there is no Chart\.yaml"):
        chart_hash(tmp_path)


def test_a_link_is_an_error(chart: Path) -> None:
    (chart / "link").symlink_to("/etc/hosts")
    with pytest.raises(ModuleError, match="link is not a regular file"):
        chart_hash(chart)
