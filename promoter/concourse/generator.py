"""Every pipeline of a repository: generated, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from promoter.concourse import deployments
from promoter.concourse.checks.checks import check
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.pipelines import DEPLOYMENTS, places
from promoter.concourse.templates import REMEDY, write, ytt


def generate(root: Path) -> Iterator[str]:
    """Write what is generated; gives a line for each pipeline.

    Raises `ProgramMissing` without ytt, `InvalidFile` for a cepler file that will not do.
    """
    program, found = ytt(), places(root)
    if DEPLOYMENTS in found:
        deployments.values_file(root).write_text(deployments.values(root), encoding="utf-8")
    for place in found:
        changed = write(place, root, program)
        yield f"{place.name}: {'rendered anew' if changed else 'as it was'}"


def check_all(root: Path) -> dict[str, list[PipelineFinding]]:
    """The findings of each pipeline below ``root``, by its name."""
    found = {place.name: check(place, root) for place in places(root)}
    if DEPLOYMENTS in places(root):
        found[DEPLOYMENTS.name] += _check_values(root)
    return found


def _check_values(root: Path) -> Iterator[PipelineFinding]:
    file = deployments.values_file(root)
    there = file.read_text(encoding="utf-8") if file.is_file() else ""
    if there != deployments.values(root):
        name = file.relative_to(root).as_posix()
        yield PipelineFinding(name, f"is not what cepler/*.yml make: {REMEDY}")
