"""The way of a commit to production over the three repositories, as a Mermaid graph.

Boxes are the jobs of workflows and pipelines, and cepler's environments; each has the file
that defines it. Only the steps from one repository to the next are listed here (`JOINTS`),
because no file has both ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import InvalidFile
from promoter.concourse import deployments
from promoter.concourse.pipelines import DEPLOYMENTS, PIPELINES
from promoter.concourse.schema import read_pipeline

BEGIN, END = "<!-- journey: begin -->", "<!-- journey: end -->"
PAGE = "docs/pipelines.md"
REMEDY = "run `promoter pipeline graph` and commit the result"


@dataclass(frozen=True)
class Box:
    """A job or an environment: its name, the group that it is drawn in, the file behind it."""

    name: str
    group: str
    file: str

    @property
    def identity(self) -> str:
        """Its identifier in the graph."""
        return "".join(c if c.isalnum() else "_" for c in f"{self.group} {self.name}")


@dataclass(frozen=True)
class Arrow:
    """An arrow between two boxes, each a ``(group, name)``, with its label."""

    start: tuple[str, str]
    end: tuple[str, str]
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

# Seed 004, "Putting It All Together".
JOINTS = (
    Arrow((_RELEASE, "open-promote-rc-pr"), (_CHECKS, "promote-rc-file-check"), "pull request"),
    Arrow((_RELEASE, "bump-image-in-chart"), (_CHARTS_CHECKS, "bot-automerge-lana"), "digests"),
    Arrow((_CHARTS_CHECKS, "bot-automerge-lana"), (_CHARTS, "testflight"), "merged"),
)
# A person merges the promote-rc pull request, and nothing else starts the release.
_MANUAL = {("open-promote-rc-pr", "release"): "a person merges"}


def journey(root: Path) -> tuple[tuple[Box, ...], tuple[Arrow, ...]]:
    """Return all boxes and arrows; raises `InvalidFile` if an end of a joint does not exist."""
    boxes, arrows = tuple(_boxes(root)), tuple(_arrows(root))
    existing = {(box.group, box.name) for box in boxes}
    for group, name in (end for arrow in arrows for end in (arrow.start, arrow.end)):
        if (group, name) not in existing:
            reason = f"there is no {name} in {group}"
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
    identities = {(box.group, box.name): box.identity for box in boxes}
    for arrow in arrows:
        label = f'|"{arrow.label}"|' if arrow.label else ""
        lines.append(f"    {identities[arrow.start]} -->{label} {identities[arrow.end]}")
    return "\n".join(lines) + "\n"


def updated_page(page: str, root: Path) -> str:
    """Return ``page`` with the present journey between its markers; raises `InvalidFile`."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InvalidFile(PAGE, "", f"the markers {BEGIN} and {END} are missing")
    lines = ["| group | job | file |", "|---|---|---|"]
    lines += [f"| {box.group} | {box.name} | `{box.file}` |" for box in journey(root)[0]]
    table = "\n".join(lines)
    return f"{before}{BEGIN}\n\n```mermaid\n{mermaid(root)}```\n\n{table}\n\n{END}{after}"


def direct_edges(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the sorted edges without those that a longer path implies."""
    after: dict[str, set[str]] = {}
    for first, second in edges:
        after.setdefault(first, set()).add(second)

    def reachable(start: str) -> set[str]:
        found: set[str] = set()
        pending = [start]
        while pending:
            new = after.get(pending.pop(), set()) - found
            found |= new
            pending += new
        return found

    return sorted(
        (first, second)
        for first, following in after.items()
        for second in following
        if not any(second in reachable(other) for other in following - {second})
    )


def _boxes(root: Path) -> Iterator[Box]:
    for repository, group in _WORKFLOWS:
        for file in sorted((root / repository / ".github" / "workflows").glob("*.yml")):
            yield Box(file.stem, group, file.relative_to(root).as_posix())
    for files in PIPELINES:
        name = (Path(files.repository) / files.folder / "pipeline.yml").as_posix()
        for job in read_pipeline(files.rendered(root)).jobs:
            yield Box(job.name, f"Concourse: {files.name}", name)


def _arrows(root: Path) -> Iterator[Arrow]:
    for files in PIPELINES:
        group = f"Concourse: {files.name}"
        for before, after in direct_edges(read_pipeline(files.rendered(root)).edges()):
            yield Arrow((group, before), (group, after), _MANUAL.get((before, after), ""))
    yield from JOINTS
    for job in deployments.jobs(root):
        if job.passed:
            yield Arrow((_DEPLOY, job.passed), (_DEPLOY, job.name), "recorded by cepler-out")
        else:
            start = (_CHARTS, f"bump-{job.deployment}-in-deployments")
            yield Arrow(start, (_DEPLOY, job.name), "vendored")
