"""Checks of a pipeline's names: valid, unique, defined where used, used where defined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from promoter.common.errors import InvalidFile
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.schema import Get, Job, Pipeline, Put, Resource, ResourceType

# The resource types that every Concourse worker has, of those that we use.
SHIPPED = frozenset({"git", "github-release", "registry-image", "semver", "time"})

# atc/configwarning.go: a lower case letter or digit first, then also - _ and dots.
_IDENTIFIER = re.compile(r"[^\W_A-Z][\w.-]*")


def identifier_fault(name: str) -> str | None:
    """Why ``name`` is no valid Concourse identifier, or None."""
    if name.isdigit():
        return "cannot be just numbers"
    if not _IDENTIFIER.fullmatch(name):
        return "must be lower case letters, digits, '-', '_' and '.', a letter or digit first"
    if name != name.lower():
        return "must be in lower case"
    return None


def require_identifier(name: str, file: str, place: str) -> None:
    """Raise `InvalidFile` for ``name`` of ``file`` where Concourse would refuse it."""
    fault = identifier_fault(name)
    if fault:
        raise InvalidFile(
            file,
            place,
            f"'{name}' is not a valid Concourse identifier: {fault}",
            next_step="rename it: every environment is a job of ci/deployments",
        )


def check_names(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    """Every finding about names, references and groups."""
    yield from _identifiers(pipeline)
    yield from _types(pipeline)
    yield from _resources(pipeline)
    yield from _groups(pipeline)


def _identifiers(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    kinds: dict[str, Iterable[str]] = {
        "jobs": [job.name for job in pipeline.jobs],
        "resources": [resource.name for resource in pipeline.resources],
        "resource_types": [type_.name for type_ in pipeline.resource_types],
        "groups": [group.name for group in pipeline.groups],
    }
    for kind, names in kinds.items():
        for name, times in Counter(names).items():
            fault = identifier_fault(name)
            if fault:
                yield PipelineFinding(f"{kind}.{name}", f"not a valid identifier: {fault}")
            if times > 1:
                yield PipelineFinding(f"{kind}.{name}", f"defined {times} times")


def _types(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    declared = {type_.name for type_ in pipeline.resource_types}
    used = {resource.type for resource in pipeline.resources}
    used |= {type_.type for type_ in pipeline.resource_types}
    things: tuple[Resource | ResourceType, ...] = (*pipeline.resources, *pipeline.resource_types)
    for thing in things:
        if thing.type not in declared | SHIPPED:
            yield PipelineFinding(thing.name, f"its type {thing.type} is not defined")
    for name in sorted(declared - used):
        yield PipelineFinding(f"resource_types.{name}", "is not used")


def _resources(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    declared = {resource.name for resource in pipeline.resources}
    used: set[str] = set()
    for job in pipeline.jobs:
        for step in pipeline.steps(job):
            if isinstance(step, Get | Put):
                used.add(step.of)
                if step.of not in declared:
                    yield PipelineFinding(f"jobs.{job.name}", f"resource {step.of} is not defined")
            if isinstance(step, Get):
                yield from _passed(pipeline, job, step)
    for name in sorted(declared - used):
        yield PipelineFinding(f"resources.{name}", "is not used by any job")


def _passed(pipeline: Pipeline, job: Job, step: Get) -> Iterator[PipelineFinding]:
    jobs = {each.name: each for each in pipeline.jobs}
    for name in step.passed:
        where = f"jobs.{job.name}.{step.get}"
        if name not in jobs:
            yield PipelineFinding(where, f"passed names {name}, which is not a job")
        elif step.of not in resources_of(pipeline, jobs[name]):
            yield PipelineFinding(
                where, f"passed names {name}, which neither gets nor puts {step.of}"
            )


def resources_of(pipeline: Pipeline, job: Job) -> frozenset[str]:
    """The resources that a job gets or puts."""
    return frozenset(step.of for step in pipeline.steps(job) if isinstance(step, Get | Put))


def _groups(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    jobs = {job.name for job in pipeline.jobs}
    grouped = {name for group in pipeline.groups for name in group.jobs}
    for name in sorted(grouped - jobs):
        yield PipelineFinding("groups", f"{name} is not a job")
    if pipeline.groups:
        for name in sorted(jobs - grouped):
            yield PipelineFinding("groups", f"job {name} is in no group, so the web page hides it")
