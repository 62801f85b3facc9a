"""Checks of tasks: pinned images, existing commands, matching variables, ensured teardowns."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from promoter.common.finding import Finding
from promoter.concourse.checks.variables import VARIABLE
from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import Job, Pipeline, Step, Task

TEARDOWN = "teardown"
# Variables of every shell, and of every Concourse worker.
_STANDARD = frozenset({"PATH", "HOME", "PWD", "TMPDIR", "OLDPWD"})
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_READ = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)")
_SET = re.compile(r"(?m)(?:^|[\s;])(?:export |readonly |local )?([A-Z][A-Z0-9_]+)=")


def check_tasks(pipeline: Pipeline, files: PipelineFiles, root: Path) -> Iterator[Finding]:
    """Find all problems of the tasks of a pipeline."""
    for job in pipeline.jobs:
        for step in pipeline.steps(job):
            if isinstance(step, Task):
                place = f"jobs.{job.name}.{step.task}"
                digest = (step.config.image_resource.version or {}).get("digest", "")
                if not (VARIABLE.fullmatch(digest) or _DIGEST.fullmatch(digest)):
                    yield Finding(place, "its image is not pinned by digest")
                yield from _command(step, place, files, root)
        yield from _teardown(job, f"jobs.{job.name}", ensured=False)


def task_script(step: Task, files: PipelineFiles, root: Path) -> Path | None:
    """Return the file that a task runs, None if it is not in the pipeline's repository."""
    source, _, path = step.config.run.path.partition("/")
    mapping = {artifact.path or artifact.name: artifact.name for artifact in step.config.inputs}
    name = mapping.get(source, source)
    artifact = step.input_mapping.get(name, name)
    return root / files.repository / path if path and artifact in files.sources else None


def _command(step: Task, place: str, files: PipelineFiles, root: Path) -> Iterator[Finding]:
    script, command = task_script(step, files, root), step.config.run.path
    if script is None:
        if "/" in command:
            yield Finding(place, f"{command} is in none of its inputs")
        return
    if not script.is_file() or not os.access(script, os.X_OK):
        yield Finding(place, f"{command} is not an executable file")
        return
    read, passed_on = _variables(script)
    declared = set(step.config.params)
    for name in sorted(declared - read - passed_on):
        yield Finding(place, f"declares {name}, which {script.name} does not read")
    for name in sorted(read - declared):
        yield Finding(place, f"{script.name} reads {name}, which is not declared")


def _variables(script: Path) -> tuple[set[str], set[str]]:
    """Return the variables of a script's code and "# Variables:", and those of "# Passes on:"."""
    lines = script.read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    read = set(_READ.findall(code)) - set(_SET.findall(code)) - _STANDARD
    listed: dict[str, set[str]] = {"# Variables": set(), "# Passes on": set()}
    for line in lines:
        heading, _, names = line.partition(":")
        if heading in listed:
            listed[heading].update(names.split())
    return read | listed["# Variables"], listed["# Passes on"]


def _teardown(step: Step | Job, job: str, *, ensured: bool) -> Iterator[Finding]:
    """Find teardowns outside of ensure: the failure that makes one necessary would skip it."""
    if isinstance(step, Task) and step.task.startswith(TEARDOWN) and not ensured:
        yield Finding(f"{job}.{step.task}", "must be in an ensure")
    for inner in step.inner():
        yield from _teardown(inner, job, ensured=ensured)
    for name, hook in step.hooks().items():
        yield from _teardown(hook, job, ensured=name == "ensure")
