"""The way of a commit to production over the three repositories, as a Mermaid graph.

Boxes are the jobs of workflows and pipelines, and cepler's environments; each has the file
that defines it. Only the steps from one repository to the next are listed here (`JOINTS`),
because no file has both ends.
"""

from collections.abc import Iterator, Set
from pathlib import Path
from typing import NamedTuple

from promoter.common.errors import InvalidFile
from promoter.concourse import deployments
from promoter.concourse.pipelines import DEPLOYMENTS, PIPELINES
from promoter.concourse.schema import read_pipeline
from promoter.concourse.settings import settings_table

PAGE = "docs/pipelines.md"
REMEDY = "run `promoter pipeline graph` and commit the result"


class Box(NamedTuple):
    """A job or an environment, in the group that it is drawn in."""

    group: str
    name: str

    @property
    def identity(self) -> str:
        """Its identifier in the graph."""
        return "".join(c if c.isalnum() else "_" for c in f"{self.group} {self.name}")


class Arrow(NamedTuple):
    """An arrow between two boxes, with its label."""

    start: Box
    end: Box
    label: str = ""


_CHECKS = "lana-bank: pull requests"
_CHARTS_CHECKS = "galoy-private-charts: pull requests"
_WORKFLOWS = (
    ("upstream/lana-bank", _CHECKS),
    ("upstream/galoy-private-charts", _CHARTS_CHECKS),
    (".", "galoy-deployments: pull requests"),
)
_RELEASE = "Concourse: lana-bank"
_CHARTS = "Concourse: galoy-private-charts"
_DEPLOY = f"Concourse: {DEPLOYMENTS.name}"

_RC_CHECK = Box(_CHECKS, "promote-rc-file-check")
_AUTOMERGE = Box(_CHARTS_CHECKS, "bot-automerge-lana")

# Seed 004, "Putting It All Together".
JOINTS = (
    Arrow(Box(_RELEASE, "open-promote-rc-pr"), _RC_CHECK, "pull request"),
    Arrow(Box(_RELEASE, "bump-image-in-chart"), _AUTOMERGE, "digests"),
    Arrow(Box(_RELEASE, "bump-image-in-chart-rc"), _AUTOMERGE, "a candidate's digests"),
    Arrow(_AUTOMERGE, Box(_CHARTS, "testflight"), "merged"),
)
# A person merges the promote-rc pull request, and nothing else starts the release.
_MANUAL = {("open-promote-rc-pr", "release"): "a person merges"}


def journey(root: Path) -> tuple[dict[Box, str], tuple[Arrow, ...]]:
    """Return the file of each box, and all arrows; raises `InvalidFile` if one has no box."""
    boxes, arrows = dict(_boxes(root)), tuple(_arrows(root))
    for box in (end for arrow in arrows for end in (arrow.start, arrow.end)):
        if box not in boxes:
            reason = f"there is no {box.name} in {box.group}"
            raise InvalidFile("promoter/concourse/journey.py", "JOINTS", reason)
    return boxes, arrows


def mermaid(root: Path) -> str:
    """Return the journey as a Mermaid graph."""
    boxes, arrows = journey(root)
    lines = ["graph LR"]
    for number, group in enumerate(dict.fromkeys(box.group for box in boxes)):
        lines.append(f'    subgraph G{number}["{group}"]')
        lines += [f'        {box.identity}["{box.name}"]' for box in boxes if box.group == group]
        lines.append("    end")
    for arrow in arrows:
        label = f'|"{arrow.label}"|' if arrow.label else ""
        lines.append(f"    {arrow.start.identity} -->{label} {arrow.end.identity}")
    return "\n".join(lines) + "\n"


def updated_page(page: str, root: Path) -> str:
    """Return ``page`` with the present content between its markers; raises `InvalidFile`."""
    repositories = {group.partition(":")[0]: folder for folder, group in _WORKFLOWS}
    page = _between(page, "journey", _journey_section(root))
    return _between(page, "settings", settings_table(root, repositories))


def _between(page: str, name: str, content: str) -> str:
    marks = (f"<!-- {name}: begin -->", f"<!-- {name}: end -->")
    before, begin, rest = page.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise InvalidFile(PAGE, "", f"the markers {marks[0]} and {marks[1]} are missing")
    return f"{before}{begin}\n\n{content}\n\n{end}{after}"


def _journey_section(root: Path) -> str:
    lines = ["| group | job | file |", "|---|---|---|"]
    boxes, _ = journey(root)
    lines += [f"| {box.group} | {box.name} | `{file}` |" for box, file in boxes.items()]
    table = "\n".join(lines)
    return f"```mermaid\n{mermaid(root)}```\n\n{table}"


def direct_edges(edges: Set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the sorted edges without those that a longer path implies."""
    paths = set(edges)
    while longer := {(a, d) for a, b in paths for c, d in paths if b == c} - paths:
        paths |= longer
    return sorted(
        (first, second)
        for first, second in edges
        if not any(
            start == first and other != second and (other, second) in paths
            for start, other in edges
        )
    )


def _boxes(root: Path) -> Iterator[tuple[Box, str]]:
    for repository, group in _WORKFLOWS:
        for file in sorted((root / repository / ".github" / "workflows").glob("*.yml")):
            yield Box(group, file.stem), file.relative_to(root).as_posix()
    for files in PIPELINES:
        name = (Path(files.repository) / files.folder / "pipeline.yml").as_posix()
        for job in read_pipeline(files.rendered(root)).jobs:
            yield Box(f"Concourse: {files.name}", job.name), name


def _arrows(root: Path) -> Iterator[Arrow]:
    for files in PIPELINES:
        group = f"Concourse: {files.name}"
        for before, after in direct_edges(read_pipeline(files.rendered(root)).edges()):
            label = _MANUAL.get((before, after), "")
            yield Arrow(Box(group, before), Box(group, after), label)
    yield from JOINTS
    for job in deployments.jobs(root):
        start, label = Box(_CHARTS, f"bump-{job.deployment}-in-deployments"), "vendored"
        if job.passed:
            start, label = Box(_DEPLOY, job.passed), "recorded by cepler-out"
        yield Arrow(start, Box(_DEPLOY, job.name), label)
