"""Checks of names and references: valid, unique, defined where used, used where defined."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter

from promoter.common.finding import Finding
from promoter.concourse.schema import Get, Pipeline, Put, identifier_fault

# The resource types of every Concourse worker that our pipelines use.
SHIPPED = frozenset({"git", "github-release", "registry-image", "semver", "time"})


def check_names(pipeline: Pipeline) -> Iterator[Finding]:
    """Find all problems of names, references, groups and cycles."""
    for find in (_identifiers, _types, _resources, _groups, _cycles):
        yield from find(pipeline)


def _identifiers(pipeline: Pipeline) -> Iterator[Finding]:
    for kind in ("jobs", "resources", "resource_types", "groups"):
        for name, count in Counter(each.name for each in getattr(pipeline, kind)).items():
            if fault := identifier_fault(name):
                yield Finding(f"{kind}.{name}", f"not a valid identifier: {fault}")
            if count > 1:
                yield Finding(f"{kind}.{name}", f"defined {count} times")


def _types(pipeline: Pipeline) -> Iterator[Finding]:
    defined = {each.name for each in pipeline.resource_types}
    typed = [(each.name, each.type) for each in pipeline.resources]
    typed += [(each.name, each.type) for each in pipeline.resource_types]
    for name, type_ in typed:
        if type_ not in defined | SHIPPED:
            yield Finding(name, f"its type {type_} is not defined")
    for name in sorted(defined - {type_ for _, type_ in typed}):
        yield Finding(f"resource_types.{name}", "is not used")


def _resources(pipeline: Pipeline) -> Iterator[Finding]:
    defined = {resource.name for resource in pipeline.resources}
    used = {
        job.name: {step.of for step in pipeline.steps(job) if isinstance(step, Get | Put)}
        for job in pipeline.jobs
    }
    for job in pipeline.jobs:
        for step in pipeline.steps(job):
            if isinstance(step, Get | Put) and step.of not in defined:
                yield Finding(f"jobs.{job.name}", f"resource {step.of} is not defined")
            if isinstance(step, Get):
                yield from _passed(step, f"jobs.{job.name}.{step.get}", used)
    for name in sorted(defined.difference(*used.values())):
        yield Finding(f"resources.{name}", "is not used by any job")


def _passed(step: Get, place: str, used: Mapping[str, Set[str]]) -> Iterator[Finding]:
    for name in step.passed:
        if name not in used:
            yield Finding(place, f"passed names {name}, which is not a job")
        elif step.of not in used[name]:
            yield Finding(place, f"passed names {name}, which neither gets nor puts {step.of}")


def _groups(pipeline: Pipeline) -> Iterator[Finding]:
    jobs = {job.name for job in pipeline.jobs}
    grouped = {name for group in pipeline.groups for name in group.jobs}
    for name in sorted(grouped - jobs):
        yield Finding("groups", f"{name} is not a job")
    if pipeline.groups:
        for name in sorted(jobs - grouped):
            yield Finding("groups", f"job {name} is in no group, so the web page hides it")


def _cycles(pipeline: Pipeline) -> Iterator[Finding]:
    sorter = TopologicalSorter[str]()
    for before, after in sorted(pipeline.edges()):
        sorter.add(after, before)
    try:
        sorter.prepare()
    except CycleError as error:
        yield Finding("jobs", "wait for each other: " + " <- ".join(error.args[1]))
