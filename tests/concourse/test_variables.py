"""Values that templates read and no file sets, and the other way round."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile, PromoterError
from promoter.concourse.checks.variables import check_values
from promoter.concourse.pipelines import PipelineFiles, render
from tests.concourse.test_pipelines import ROOT, YTT

CHARTS = PipelineFiles(
    "galoy-private-charts", "upstream/galoy-private-charts", "ci", ("pipeline-tasks",)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one of the pipelines, in which every value is set and read."""
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


def test_a_value_that_no_file_sets(root: Path) -> None:
    edited(root, "values.yml", "keys_from: gcp-galoy-staging\n", "")
    assert found(root) == [
        "ci/pipeline.yml: reads data.values.keys_from, which no values file sets"
    ]


@pytest.mark.skipif(YTT is None, reason="ytt is not on PATH, and no package registry has it")
def test_ytt_reports_it_too(root: Path) -> None:
    edited(root, "values.yml", "keys_from: gcp-galoy-staging\n", "")
    with pytest.raises(PromoterError, match="keys_from"):
        render(CHARTS, root, Path(YTT or ""))


def test_a_value_that_no_template_reads(root: Path) -> None:
    edited(root, "pipeline.yml", "data.values.deployments_uri", "data.values.git_uri")
    assert found(root) == ["ci/values.yml: sets deployments_uri, which no template reads"]


def test_a_comment_is_ignored(root: Path) -> None:
    edited(root, "pipeline.yml", "---\n", "#! data.values.nothing\n---\n")
    assert found(root) == []


@pytest.mark.parametrize("content", ["#@data/values\n---\n- a\n", "#@data/values\n---\n{\n"])
def test_invalid_values_are_an_error(root: Path, content: str) -> None:
    (CHARTS.path(root) / "values.yml").write_text(content)
    with pytest.raises(InvalidFile, match=r"values\.yml"):
        found(root)
