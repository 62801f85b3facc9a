"""The whole journey over the three repositories, drawn from the files that make it.

Boxes are the workflows' jobs, the pipelines' jobs and cepler's environments; each has the
file behind it. Only what leads from one repository to the next is said here (`JOINTS`),
because no file has both ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.concourse import deployments
from promoter.concourse.graph import direct, edges
from promoter.concourse.parser import read_pipeline
from promoter.concourse.pipelines import DEPLOYMENTS, PLACES, PipelineFiles

BEGIN, END = "<!-- journey: begin -->", "<!-- journey: end -->"
PICTURE = "journey.svg"
REMEDY = "run `promoter pipeline graph` and commit what it changes"


@dataclass(frozen=True)
class Box:
    """Something that runs: its name, the group that it is drawn in, the file behind it."""

    name: str
    group: str
    file: str

    @property
    def identity(self) -> str:
        """Its name in the drawing."""
        return "".join(c if c.isalnum() else "_" for c in f"{self.group} {self.name}")


@dataclass(frozen=True)
class Arrow:
    """From one box to another, by ``(group, name)``; ``what`` is carried."""

    start: tuple[str, str]
    end: tuple[str, str]
    what: str = ""


_CHECKS = "lana-bank: pull requests"
_CHARTS_CHECKS = "galoy-private-charts: pull requests"
_RELEASE = "Concourse: lana-bank"
_CHARTS = "Concourse: galoy-private-charts"
_DEPLOY = "Concourse: galoy-deployments"

# What one repository does to the next (seed 004, "Putting It All Together").
JOINTS = (
    Arrow((_RELEASE, "open-promote-rc-pr"), (_CHECKS, "promote-rc-file-check"), "pull request"),
    Arrow((_RELEASE, "bump-image-in-chart"), (_CHARTS_CHECKS, "bot-automerge-lana"), "digests"),
    Arrow((_CHARTS_CHECKS, "bot-automerge-lana"), (_CHARTS, "testflight"), "merged"),
)
# A person merges the promote-rc pull request, and nothing else starts the release.
_BY_HAND = {("open-promote-rc-pr", "release"): "a person merges"}


def journey(root: Path) -> tuple[tuple[Box, ...], tuple[Arrow, ...]]:
    """Every box and arrow; raises `InvalidFile` where a joint's end is not there any more."""
    boxes = tuple(_boxes(root))
    arrows = tuple(_arrows(root))
    there = {(box.group, box.name) for box in boxes}
    for arrow in arrows:
        for end in (arrow.start, arrow.end):
            if end not in there:
                raise InvalidFile(
                    "promoter/concourse/journey.py", "JOINTS", f"there is no {end[1]} in {end[0]}"
                )
    return boxes, arrows


def mermaid(root: Path) -> str:
    """The journey as a Mermaid graph."""
    boxes, arrows = journey(root)
    lines = ["graph LR"]
    for number, group in enumerate(dict.fromkeys(box.group for box in boxes)):
        lines.append(f'    subgraph G{number}["{group}"]')
        lines += [f'        {box.identity}["{box.name}"]' for box in boxes if box.group == group]
        lines.append("    end")
    named = {(box.group, box.name): box.identity for box in boxes}
    for arrow in arrows:
        label = f'|"{arrow.what}"|' if arrow.what else ""
        lines.append(f"    {named[arrow.start]} -->{label} {named[arrow.end]}")
    return "\n".join(lines) + "\n"


def table(root: Path) -> str:
    """The file behind each box, as a Markdown table."""
    boxes, _ = journey(root)
    lines = ["| where | what runs | file |", "|---|---|---|"]
    lines += [f"| {box.group} | {box.name} | `{box.file}` |" for box in boxes]
    return "\n".join(lines) + "\n"


def drawn_into(page: str, root: Path) -> str:
    """``page`` with the journey of now between its marks; raises `InvalidFile` without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InvalidFile("docs/pipelines.md", "", f"has not the marks {BEGIN} and {END}")
    picture = f"![From a commit to production]({PICTURE})"
    drawing = f"{picture}\n\n```mermaid\n{mermaid(root)}```\n\n{table(root)}"
    return f"{before}{BEGIN}\n\n{drawing}\n{END}{after}"


def _boxes(root: Path) -> Iterator[Box]:
    for repository, group in (
        ("upstream/lana-bank", _CHECKS),
        ("upstream/galoy-private-charts", _CHARTS_CHECKS),
        (".", "galoy-deployments: pull requests"),
    ):
        for file in sorted((root / repository / ".github" / "workflows").glob("*.yml")):
            yield Box(file.stem, group, file.relative_to(root).as_posix())
    for place in PLACES:
        file_name = (Path(place.repository) / place.folder / "pipeline.yml").as_posix()
        for job in read_pipeline(place.rendered(root)).jobs:
            yield Box(job.name, _group(place), file_name)


def _arrows(root: Path) -> Iterator[Arrow]:
    for place in PLACES:
        group = _group(place)
        for before, after in direct(edges(read_pipeline(place.rendered(root)))):
            what = _BY_HAND.get((before, after), "")
            yield Arrow((group, before), (group, after), what)
    yield from JOINTS
    for job in deployments.jobs(root):
        if job.passed:
            yield Arrow((_DEPLOY, job.passed), (_DEPLOY, job.name), "recorded by cepler-out")
        else:
            start = (_CHARTS, f"bump-{job.deployment}-in-deployments")
            yield Arrow(start, (_DEPLOY, job.name), "vendored")


def _group(place: PipelineFiles) -> str:
    return _DEPLOY if place == DEPLOYMENTS else f"Concourse: {place.name}"
