"""docs/pipelines.md shows the journey of now, and names files that exist."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from promoter.common.errors import InvalidFile
from promoter.concourse.drawing import drawings, svg
from promoter.concourse.journey import REMEDY, drawn_into, journey, mermaid
from tests.concourse.test_pipelines import ROOT


def test_the_page_and_the_picture_are_up_to_date() -> None:
    shown = drawings(ROOT)
    assert [path.name for path in shown] == ["pipelines.md", "journey.svg"]
    for path, now in shown.items():
        assert path.read_text() == now, f"{path.name}: {REMEDY}"


def test_the_command_says_which_drawing_is_out_of_date(tmp_path: Path) -> None:
    for name in ("docs", "ci", "upstream", "cepler", ".github"):
        shutil.copytree(ROOT / name, tmp_path / name)
    command = [sys.executable, "-m", "promoter", "pipeline", "graph", "--root", str(tmp_path)]

    def run(*more: str) -> tuple[int, str]:
        done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    picture = tmp_path / "docs" / "journey.svg"
    kept = picture.read_bytes()
    assert run("--check") == (0, "")
    picture.write_text("<svg/>")
    assert run("--check") == (1, f"docs/journey.svg is out of date: {REMEDY}\n")
    assert run() == (0, "")
    assert picture.read_bytes() == kept


# --- the picture -----------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture() -> Element:
    return fromstring(svg(*journey(ROOT)))  # our own text


def rectangles(picture: Element, kind: str) -> list[tuple[float, float, float, float]]:
    found = [each for each in picture.iter(f"{SVG}rect") if each.get("class") == kind]
    sides = [[float(each.get(n, "")) for n in ("x", "y", "width", "height")] for each in found]
    return [(x, y, x + width, y + height) for x, y, width, height in sides]


def test_the_picture_has_every_box_and_arrow(picture: Element) -> None:
    boxes, arrows = journey(ROOT)
    assert len(rectangles(picture, "box")) == len(boxes)
    assert len([each for each in picture.iter(f"{SVG}path") if each.get("class")]) == len(arrows)
    said = [each.text for each in picture.iter(f"{SVG}text")]
    assert {box.name for box in boxes} | {box.group for box in boxes} <= set(said)
    assert sorted(a.what for a in arrows if a.what) == sorted(
        t for t in said if t in {a.what for a in arrows}
    )


def test_no_two_boxes_touch_and_each_is_in_a_panel(picture: Element) -> None:
    boxes, panels = rectangles(picture, "box"), rectangles(picture, "panel")
    for one, two in itertools.combinations(boxes, 2):
        assert one[2] < two[0] or two[2] < one[0] or one[3] < two[1] or two[3] < one[1]
    for left, top, right, bottom in boxes:
        inside = [
            p for p in panels if p[0] < left and p[1] < top and right < p[2] and bottom < p[3]
        ]
        assert len(inside) == 1


def test_no_line_between_panels_crosses_a_box_or_lies_on_another(picture: Element) -> None:
    boxes, seen = rectangles(picture, "box"), set[tuple[float, ...]]()
    lines = [each.get("d", "") for each in picture.iter(f"{SVG}path") if each.get("class")]
    for line in (each for each in lines if "L" in each):
        points = [tuple(map(float, p.split())) for p in line[1:].split("L")]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            for box in boxes:
                assert right <= box[0] or left >= box[2] or bottom <= box[1] or top >= box[3]
            if y1 == y2:
                assert (y1,) not in seen
                seen.add((y1,))


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
