"""Values that templates read and nobody gives, and the other way round."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError
from promoter.concourse.checks.values import check_values
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.templates import render
from tests.concourse.test_pipelines import ROOT, YTT

CHARTS = PipelineFiles(
    "galoy-private-charts", "upstream/galoy-private-charts", "ci", ("pipeline-tasks",)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one of the pipelines, in which every value is given and read."""
    shutil.copytree(CHARTS.path(ROOT), CHARTS.path(tmp_path))
    assert not found(tmp_path)
    return tmp_path


def found(root: Path) -> list[str]:
    return [str(finding) for finding in check_values(CHARTS, root)]


def edited(root: Path, name: str, old: str, new: str) -> None:
    file = CHARTS.path(root) / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_value_that_nobody_gives_is_named(root: Path) -> None:
    edited(root, "values.yml", "keys_from: lana-bank-staging\n", "")
    assert found(root) == [
        "ci/pipeline.yml: reads data.values.keys_from, which no values file gives"
    ]


@pytest.mark.skipif(YTT is None, reason="ytt is not on PATH, and no package registry has it")
def test_ytt_names_it_too(root: Path) -> None:
    edited(root, "values.yml", "keys_from: lana-bank-staging\n", "")
    with pytest.raises(PromoterError, match="keys_from"):
        render(CHARTS, root, Path(YTT or ""))


def test_a_value_that_nothing_reads_is_named(root: Path) -> None:
    edited(root, "pipeline.yml", "data.values.deployments_uri", "data.values.git_uri")
    assert found(root) == ["ci/values.yml: gives deployments_uri, which no template reads"]


def test_a_comment_reads_nothing(root: Path) -> None:
    edited(root, "pipeline.yml", "---\n", "#! data.values.nothing\n---\n")
    assert found(root) == []


@pytest.mark.parametrize("content", ["#@data/values\n---\n- a\n", "#@data/values\n---\n{\n"])
def test_values_that_are_none_are_an_error(root: Path, content: str) -> None:
    (CHARTS.path(root) / "values.yml").write_text(content)
    with pytest.raises(InvalidFile, match=r"values\.yml"):
        found(root)
