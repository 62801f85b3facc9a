"""The graph of a pipeline's jobs: who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from promoter.concourse.finding import PipelineFinding
from promoter.concourse.schema import Get, Pipeline

Edge = tuple[str, str]


def edges(pipeline: Pipeline) -> tuple[Edge, ...]:
    """(before, after): a job and one that takes versions which passed it, sorted."""
    found = {
        (before, job.name)
        for job in pipeline.jobs
        for step in pipeline.steps(job)
        if isinstance(step, Get)
        for before in step.passed
    }
    return tuple(sorted(found))


def direct(every: tuple[Edge, ...]) -> tuple[Edge, ...]:
    """The edges without those that a longer way implies."""
    after: dict[str, set[str]] = {}
    for first, second in every:
        after.setdefault(first, set()).add(second)

    def reach(start: str) -> set[str]:
        seen: set[str] = set()
        todo = list(after.get(start, ()))
        while todo:
            job = todo.pop()
            if job not in seen:
                seen.add(job)
                todo += after.get(job, ())
        return seen

    return tuple(
        (first, second)
        for first, second in every
        if not any(second in reach(other) for other in after[first] - {second})
    )


def check_cycles(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    """Jobs that wait for each other, of which none would ever run."""
    before: dict[str, set[str]] = {}
    for first, second in edges(pipeline):
        before.setdefault(second, set()).add(first)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        yield PipelineFinding("jobs", "wait for each other: " + " <- ".join(error.args[1]))
