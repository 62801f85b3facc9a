"""Follows the folders through each job: what a step reads must be there, what is made, used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from promoter.concourse.finding import PipelineFinding
from promoter.concourse.schema import Get, InParallel, Job, LoadVar, Pipeline, Put, Step, Task

# Parameters of the resources' put that are paths, which begin with an artifact's name.
PATH_PARAMS = {
    "git": ("repository", "tag"),
    "github-release": ("name", "tag", "body", "globs", "commitish"),
    "registry-image": ("image", "additional_tags"),
    "semver": ("file",),
    "pull-request": ("path",),
    "cepler-out": ("repository",),
}


@dataclass
class _Walk:
    """One job's walk: what has been read and made so far, and what was wrong."""

    types: Mapping[str, str]
    place: str
    used: set[str] = field(default_factory=set)
    made: dict[str, str] = field(default_factory=dict)
    findings: list[PipelineFinding] = field(default_factory=list)

    def need(self, artifact: str, there: frozenset[str], reader: str) -> None:
        """``reader`` reads ``artifact``; it must be ``there``."""
        self.used.add(artifact)
        if artifact not in there:
            self.findings.append(
                PipelineFinding(
                    self.place, f"{reader} reads {artifact}, which no step before it makes"
                )
            )

    def run(self, step: Step, there: frozenset[str]) -> frozenset[str]:
        """What is there after ``step``."""
        after = self._step(step, there)
        for hook in step.hooks().values():
            self.run(hook, after)
        return after

    def _step(self, step: Step, there: frozenset[str]) -> frozenset[str]:
        if isinstance(step, Get):
            if not (step.trigger or step.passed):
                self.made[step.get] = f"get {step.get}"
            return there | {step.get}
        if isinstance(step, Put):
            return self._put(step, there)
        if isinstance(step, Task):
            return self._task(step, there)
        if isinstance(step, LoadVar):
            self.need(_first(step.file), there, f"load_var {step.load_var}")
            return there
        if isinstance(step, InParallel):
            # Beside each other they see what was there before, not each other's.
            return there.union(*(self.run(inner, there) for inner in step.inner()))
        for inner in step.inner():
            there = self.run(inner, there)
        return there

    def _put(self, step: Put, there: frozenset[str]) -> frozenset[str]:
        kind = self.types.get(step.of, "")
        read = {
            _first(path)
            for name in PATH_PARAMS.get(kind, ())
            for path in _texts(step.params.get(name))
        }
        for artifact in sorted(read):
            self.need(artifact, there, f"put {step.put}")
        if isinstance(step.inputs, tuple):
            for artifact in sorted(set(step.inputs) - read):
                self.findings.append(
                    PipelineFinding(self.place, f"put {step.put} is given {artifact}, not needed")
                )
            for artifact in sorted(read - set(step.inputs)):
                self.findings.append(
                    PipelineFinding(self.place, f"put {step.put} is not given {artifact}")
                )
        return there if step.no_get else there | {step.put}

    def _task(self, step: Task, there: frozenset[str]) -> frozenset[str]:
        inputs = {artifact.name for artifact in step.config.inputs}
        outputs = {artifact.name for artifact in step.config.outputs}
        for name in sorted(set(step.input_mapping) - inputs):
            self.findings.append(
                PipelineFinding(self.place, f"task {step.task} has no input {name}")
            )
        for name in sorted(set(step.output_mapping) - outputs):
            self.findings.append(
                PipelineFinding(self.place, f"task {step.task} has no output {name}")
            )
        for name in sorted(inputs):
            self.need(step.input_mapping.get(name, name), there, f"task {step.task}")
        new = {step.output_mapping.get(name, name) for name in outputs}
        for name in new:
            # Handed in and out again is an edit of what somebody else made.
            if name not in there:
                self.made[name] = f"task {step.task}"
            self.used.discard(name)
        return there | new


def check_artifacts(pipeline: Pipeline) -> Iterator[PipelineFinding]:
    """Every artifact that is read before it is made, or made and never read."""
    types = {resource.name: resource.type for resource in pipeline.resources}
    for job in pipeline.jobs:
        yield from _check_job(job, types)


def _check_job(job: Job, types: Mapping[str, str]) -> Iterator[PipelineFinding]:
    walk = _Walk(types, f"jobs.{job.name}")
    there: frozenset[str] = frozenset()
    for step in job.plan:
        there = walk.run(step, there)
    for hook in job.hooks().values():
        walk.run(hook, there)
    yield from walk.findings
    for artifact, maker in sorted(walk.made.items()):
        if artifact not in walk.used:
            yield PipelineFinding(walk.place, f"{maker}: nothing reads {artifact}")


def _first(path: str) -> str:
    return path.removeprefix("./").partition("/")[0]


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(each for each in value or () if isinstance(each, str))
