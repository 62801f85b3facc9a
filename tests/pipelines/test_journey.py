"""docs/pipelines.md shows the journey of now, and names files that exist."""

from __future__ import annotations

import pytest

from promoter.errors import InvalidFile
from promoter.pipeline.journey import REMEDY, drawn_into, journey, mermaid
from tests.pipelines.test_pipelines import ROOT

PAGE = ROOT / "docs" / "pipelines.md"


def test_the_page_is_up_to_date() -> None:
    assert drawn_into(PAGE.read_text(), ROOT) == PAGE.read_text(), REMEDY


def test_every_box_has_a_file() -> None:
    boxes, _ = journey(ROOT)
    assert all((ROOT / box.file).is_file() for box in boxes)
    assert len({box.identity for box in boxes}) == len(boxes)


def test_a_commit_reaches_production_along_the_arrows() -> None:
    _, arrows = journey(ROOT)
    reached, todo = set(), [("Concourse: lana-bank", "test-integration")]
    while todo:
        box = todo.pop()
        reached.add(box)
        todo += [arrow.end for arrow in arrows if arrow.start == box and arrow.end not in reached]
    assert ("Concourse: galoy-deployments", "gcp-volcano-production") in reached


def test_a_person_stands_before_the_release() -> None:
    assert '-->|"a person merges"| Concourse__lana_bank_release' in mermaid(ROOT)


def test_a_page_without_the_marks_is_an_error() -> None:
    with pytest.raises(InvalidFile, match="has not the marks"):
        drawn_into("# Pipelines\n", ROOT)
