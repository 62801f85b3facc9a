"""The journey as an SVG picture: a panel a group, arrows left to right in it.

A box's column is how many arrows lead to it within its panel. An arrow to another panel leaves
below its box, goes along the right margin in a lane of its own, and arrives from above: no line
crosses a box. The same journey is the same picture: nothing depends on fonts of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from promoter.concourse.journey import PICTURE, Arrow, Box, drawn_into, journey

Key = tuple[str, str]

# Pixels. A character is at most so wide in a sans-serif font of 12.
_CHARACTER = 7.2
_HEIGHT, _CHANNEL, _MARGIN, _TITLE, _LANE = 28, 26, 16, 40, 18
_GAP = 36
_MOST_COLUMNS = 6
_STYLE = """\
text { font: 12px "DejaVu Sans", Verdana, Arial, sans-serif; fill: #1b1f24 }
.title { font-weight: bold }
.label { font-size: 11px; fill: #57606a }
.panel { fill: #f6f8fa; stroke: #d0d7de }
.box { fill: #ffffff; stroke: #57606a }
.arrow { fill: none; stroke: #0969da; stroke-width: 1.4; marker-end: url(#head) }"""


@dataclass(frozen=True)
class Placed:
    """A box in the picture, by its upper left corner."""

    box: Box
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        """Half of its width."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Panel:
    """A group in the picture."""

    name: str
    y: float
    width: float
    height: float
    boxes: tuple[Placed, ...]


def drawings(root: Path) -> dict[Path, str]:
    """The files that show the journey, and what each has to be now."""
    page = root / "docs" / "pipelines.md"
    text = drawn_into(page.read_text(encoding="utf-8"), root)
    return {page: text, page.with_name(PICTURE): svg(*journey(root))}


def svg(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> str:
    """The picture of ``boxes`` and ``arrows``; every arrow's ends are among the boxes."""
    panels = _panels(boxes, arrows)
    places = {(each.box.group, each.box.name): each for panel in panels for each in panel.boxes}
    across = [arrow for arrow in arrows if arrow.start[0] != arrow.end[0]]
    within = [arrow for arrow in arrows if arrow.start[0] == arrow.end[0]]
    inner = max(panel.width for panel in panels)
    width = inner + 2 * _MARGIN + _LANE * (len(across) + 1)
    height = panels[-1].y + panels[-1].height + _MARGIN
    lines = [*_opening(width, height)]
    for panel in panels:
        lines += _panel(panel, inner)
    for arrow in within:
        lines += _along(places[arrow.start], places[arrow.end], arrow.what)
    for number, arrow in enumerate(across):
        lane = inner + _MARGIN + _LANE * (number + 1)
        lines += _around(places, arrow, lane, _below(places, across, number))
    return "\n".join([*lines, "</svg>", ""])


# --- where things are ------------------------------------------------------------------


def _panels(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> list[Panel]:
    found: list[Panel] = []
    top = float(_MARGIN)
    for name in _in_order(boxes):
        panel = _laid_out(name, [box for box in boxes if box.group == name], arrows, top)
        found.append(panel)
        top += panel.height + _MARGIN
    return found


def _in_order(boxes: Sequence[Box]) -> list[str]:
    """The groups, those of one repository together."""
    groups = list(dict.fromkeys(box.group for box in boxes))
    owner = {box.group: _repository(box.file) for box in boxes}
    owners = list(dict.fromkeys(owner[group] for group in groups))
    return sorted(groups, key=lambda group: owners.index(owner[group]))


def _repository(file: str) -> str:
    parts = file.split("/")
    return parts[1] if parts[0] == "upstream" else ""


def _laid_out(name: str, boxes: list[Box], arrows: Sequence[Arrow], top: float) -> Panel:
    columns = _columns(boxes, [arrow for arrow in arrows if arrow.start[0] == arrow.end[0] == name])
    rows = max(len(column) for column in columns)
    first = top + _TITLE
    x, placed = 2.0 * _MARGIN, list[Placed]()
    for number, column in enumerate(columns):
        width = max(len(box.name) for box in column) * _CHARACTER + 20
        for row, box in enumerate(column):
            placed.append(Placed(box, x, first + row * (_HEIGHT + _CHANNEL), width))
        x += width + _gap(columns, number, arrows)
    return Panel(name, top, x, _TITLE + rows * (_HEIGHT + _CHANNEL), tuple(placed))


def _columns(boxes: list[Box], arrows: Sequence[Arrow]) -> list[list[Box]]:
    """Boxes by how many arrows lead to them; what nothing leads to stands before what follows."""
    if not arrows:
        rows = -(-len(boxes) // _MOST_COLUMNS)
        return [boxes[at : at + rows] for at in range(0, len(boxes), rows)]
    depth = {box.name: 0 for box in boxes}
    for _ in boxes:
        for arrow in arrows:
            after = depth[arrow.start[1]] + 1
            depth[arrow.end[1]] = max(depth[arrow.end[1]], after)
    return [
        [box for box in boxes if depth[box.name] == level]
        for level in range(max(depth.values()) + 1)
    ]


def _gap(columns: list[list[Box]], number: int, arrows: Sequence[Arrow]) -> float:
    """Room after a column: the longest text on an arrow that leaves it to the right."""
    here = {(box.group, box.name) for box in columns[number]}
    said = [a.what for a in arrows if a.start in here and a.start[0] == a.end[0]]
    return max([_GAP, *(len(what) * _CHARACTER + 24 for what in said)])


def _below(places: Mapping[Key, Placed], across: Sequence[Arrow], number: int) -> float:
    """How far below its row an arrow turns: each of one row has a line of its own."""
    row = places[across[number].start].y
    return 7 + 5.0 * sum(places[arrow.start].y == row for arrow in across[:number])


# --- how they look -----------------------------------------------------------------------


def _opening(width: float, height: float) -> Iterator[str]:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="t">'
    yield '<title id="t">From a commit to production</title>'
    yield f"<style>\n{_STYLE}\n</style>"
    yield (
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        'markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0L10 5L0 10z" fill="#0969da"/></marker></defs>'
    )
    yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'


def _panel(panel: Panel, width: float) -> Iterator[str]:
    frame = f'y="{panel.y:.0f}" width="{width - _MARGIN:.0f}" height="{panel.height:.0f}"'
    yield f'<rect class="panel" x="{_MARGIN}" {frame} rx="6"/>'
    yield _text(2 * _MARGIN, panel.y + 18, panel.name, "title")
    for each in panel.boxes:
        size = f'width="{each.width:.1f}" height="{_HEIGHT}"'
        yield f'<rect class="box" x="{each.x:.1f}" y="{each.y:.1f}" {size} rx="4"/>'
        yield _text(each.middle, each.y + 18, each.box.name, anchor="middle")


def _along(start: Placed, end: Placed, what: str) -> Iterator[str]:
    """Within a panel: from the right side to the left side of the next."""
    x1, y1 = start.x + start.width, start.y + _HEIGHT / 2
    x2, y2 = end.x, end.y + _HEIGHT / 2
    half = (x1 + x2) / 2
    yield _path(f"M{x1:.1f} {y1:.1f}C{half:.1f} {y1:.1f} {half:.1f} {y2:.1f} {x2:.1f} {y2:.1f}")
    if what:
        yield _text(half, (y1 + y2) / 2 - 5, what, "label", "middle")


def _around(places: Mapping[Key, Placed], arrow: Arrow, lane: float, below: float) -> Iterator[str]:
    """To another panel: below the box, along ``lane`` in the margin, down onto the box."""
    start, end = places[arrow.start], places[arrow.end]
    leave, arrive = start.y + _HEIGHT + below, end.y - 9
    points = [(start.middle, start.y + _HEIGHT), (start.middle, leave), (lane, leave)]
    points += [(lane, arrive), (end.middle, arrive), (end.middle, end.y)]
    yield _path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
    yield _text(lane - 6, arrive - 4, arrow.what, "label", "end")


def _path(commands: str) -> str:
    return f'<path class="arrow" d="{commands}"/>'


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    held = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{held}>{escape(words)}</text>'
