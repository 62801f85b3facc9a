"""Checks of the tasks: image pinned, command there, variables declared and read, teardown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from promoter.concourse.checks.secrets import is_pinned
from promoter.concourse.finding import PipelineFinding
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import Job, Pipeline, Step, Task

TEARDOWN = "teardown"
# A shell's own, and what Concourse's workers always set.
_ALWAYS = frozenset({"PATH", "HOME", "PWD", "TMPDIR", "OLDPWD"})
_READ = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)")
_SET = re.compile(r"(?m)(?:^|[\s;])(?:export |readonly |local )?([A-Z][A-Z0-9_]+)=")


def check_tasks(pipeline: Pipeline, place: PipelineFiles, root: Path) -> Iterator[PipelineFinding]:
    """Every finding about the tasks of a pipeline."""
    for job in pipeline.jobs:
        for step in pipeline.steps(job):
            if isinstance(step, Task):
                where = f"jobs.{job.name}.{step.task}"
                if not is_pinned(step):
                    yield PipelineFinding(where, "its image is not pinned by digest")
                yield from _command(step, where, place, root)
        yield from _teardown(job)


def task_script(step: Task, place: PipelineFiles, root: Path) -> Path | None:
    """The file that a task runs, where it comes from the pipeline's own repository."""
    source, _, path = step.config.run.path.partition("/")
    mapping = {artifact.path or artifact.name: artifact.name for artifact in step.config.inputs}
    name = mapping.get(source, source)
    artifact = step.input_mapping.get(name, name)
    return root / place.repository / path if path and artifact in place.sources else None


def _command(step: Task, where: str, place: PipelineFiles, root: Path) -> Iterator[PipelineFinding]:
    script = task_script(step, place, root)
    if script is None:
        if "/" in step.config.run.path:
            yield PipelineFinding(where, f"{step.config.run.path} is in no input of it")
        return
    if not script.is_file() or not os.access(script, os.X_OK):
        yield PipelineFinding(where, f"{step.config.run.path} is not an executable file")
        return
    read = variables_read(script)
    for name in sorted(set(step.config.params) - read - variables_passed_on(script)):
        yield PipelineFinding(where, f"declares {name}, which {script.name} does not read")
    for name in sorted(read - set(step.config.params)):
        yield PipelineFinding(where, f"{script.name} reads {name}, which is not declared")


def variables_read(script: Path) -> frozenset[str]:
    """The environment variables that a task's script expects: read by it, or listed in it."""
    lines = script.read_text(encoding="utf-8").splitlines()
    listed = _listed(lines, "# Variables:")
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    return frozenset(set(_READ.findall(code)) - set(_SET.findall(code)) - _ALWAYS) | listed


def variables_passed_on(script: Path) -> frozenset[str]:
    """The variables that may be declared for the programs that it calls."""
    return _listed(script.read_text(encoding="utf-8").splitlines(), "# Passes on:")


def _listed(lines: list[str], heading: str) -> frozenset[str]:
    return frozenset(
        name
        for line in lines
        if line.startswith(heading)
        for name in line.removeprefix(heading).split()
    )


def _teardown(job: Job) -> Iterator[PipelineFinding]:
    """A teardown that is only a step is skipped by the failure that makes it needed."""

    def walk(step: Step | Job, ensured: bool) -> Iterator[PipelineFinding]:
        if isinstance(step, Task) and step.task.startswith(TEARDOWN) and not ensured:
            yield PipelineFinding(f"jobs.{job.name}.{step.task}", "must stand in an ensure")
        for inner in step.inner():
            yield from walk(inner, ensured)
        for name, hook in step.hooks().items():
            yield from walk(hook, name == "ensure")

    yield from walk(job, False)
