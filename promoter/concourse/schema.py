"""Concourse's pipeline schema, as far as our pipelines use it; anything else is rejected.

Fields and their meaning: concourse-ci.org/docs, and ``atc/config.go``, ``atc/steps.go``,
``atc/task.go`` of Concourse. Concourse ignores unknown keys in some places; here each is an
error, because a misspelled ``trigger`` never triggers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, ValidationError

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel
from promoter.common.yaml_file import read_yaml

# atc/configwarning.go: a lower case letter or digit first, then also - _ and dots.
_IDENTIFIER = re.compile(r"[^\W_A-Z][\w.-]*")
_HOOKS = ("on_success", "on_failure", "on_abort", "on_error", "ensure")


def identifier_fault(name: str) -> str | None:
    """Return the reason why Concourse rejects ``name`` as an identifier, or None."""
    if name.isdigit():
        return "cannot be just numbers"
    if not _IDENTIFIER.fullmatch(name):
        return "must be lower case letters, digits, '-', '_' and '.', a letter or digit first"
    return None if name == name.lower() else "must be in lower case"


class ResourceType(StrictModel):
    """A type that Concourse does not ship: an image with check, in and out."""

    name: str
    type: str
    source: Mapping[str, Any]
    check_every: str | None = None
    privileged: bool = False


class Resource(StrictModel):
    """A versioned thing that jobs get and put."""

    name: str
    type: str
    source: Mapping[str, Any] = {}
    icon: str | None = None
    check_every: str | None = None
    webhook_token: str | None = None


class Group(StrictModel):
    """A tab of the web page."""

    name: str
    jobs: tuple[str, ...]


class TaskArtifact(StrictModel):
    """An input or output folder of a task; ``path`` is where the task sees it."""

    name: str
    path: str | None = None


class ImageResource(StrictModel):
    """The image of a task; ``version`` pins it."""

    type: str
    source: Mapping[str, Any]
    version: dict[str, str] | None = None


class Run(StrictModel):
    """The command of a task, relative to the folder that holds its inputs."""

    path: str
    args: tuple[str, ...] = ()
    dir: str | None = None


class TaskConfig(StrictModel):
    """A task: its image, input and output folders, variables and command."""

    platform: str
    image_resource: ImageResource
    inputs: tuple[TaskArtifact, ...] = ()
    outputs: tuple[TaskArtifact, ...] = ()
    caches: tuple[dict[str, str], ...] = ()
    params: Mapping[str, str] = {}
    run: Run


class _Step(StrictModel):
    attempts: int | None = Field(default=None, ge=2)
    timeout: str | None = None
    on_success: Step | None = None
    on_failure: Step | None = None
    on_abort: Step | None = None
    on_error: Step | None = None
    ensure: Step | None = None

    def inner(self) -> tuple[Step, ...]:
        """Return the steps inside of this one, in their order, without its hooks."""
        match self:
            case Job(plan=steps) | Do(do=steps) | InParallel(in_parallel=Parallel(steps=steps)):
                return steps
            case InParallel(in_parallel=tuple() as steps):
                return steps
            case Try(try_=step):
                return (step,)
        return ()

    def hooks(self) -> dict[str, Step]:
        """Return the steps that follow this one, by the name of the hook."""
        found = {name: getattr(self, name) for name in _HOOKS}
        return {name: step for name, step in found.items() if step is not None}


class Get(_Step):
    """Fetch a version of a resource."""

    get: str
    resource: str | None = None
    passed: tuple[str, ...] = ()
    trigger: bool = False
    params: Mapping[str, Any] = {}
    version: str | None = None

    @property
    def of(self) -> str:
        """The resource's name."""
        return self.resource or self.get


class Put(_Step):
    """Create a version of a resource, and fetch it."""

    put: str
    resource: str | None = None
    params: Mapping[str, Any] = {}
    inputs: tuple[str, ...] | str | None = None
    get_params: Mapping[str, Any] = {}
    no_get: bool = False

    @property
    def of(self) -> str:
        """The resource's name."""
        return self.resource or self.put


class Task(_Step):
    """Run a task whose configuration is in the pipeline."""

    task: str
    config: TaskConfig
    privileged: bool = False
    input_mapping: Mapping[str, str] = {}
    output_mapping: Mapping[str, str] = {}


class Do(_Step):
    """Run steps one after another."""

    do: tuple[Step, ...]


class Parallel(StrictModel):
    """The long form of in_parallel."""

    steps: tuple[Step, ...]
    limit: int | None = None
    fail_fast: bool = False


class InParallel(_Step):
    """Run steps at the same time; their artifacts exist once all are done."""

    in_parallel: tuple[Step, ...] | Parallel


class Try(_Step):
    """A step that may fail."""

    try_: Step = Field(alias="try")


class LoadVar(_Step):
    """Read a file into ``((.:name))``."""

    load_var: str
    file: str
    format: str | None = None
    reveal: bool = False


_KINDS = ("get", "put", "task", "do", "in_parallel", "try", "load_var")
_ONE_KIND = f"a step is exactly one of {', '.join(_KINDS)}"


def _kind(value: Any) -> str | None:
    if isinstance(value, _Step):
        fields = type(value).model_fields
        return next(kind for kind in _KINDS if kind in fields or f"{kind}_" in fields)
    found = [kind for kind in _KINDS if isinstance(value, dict) and kind in value]
    return found[0] if len(found) == 1 else None


Step = Annotated[
    Annotated[Get, Tag("get")]
    | Annotated[Put, Tag("put")]
    | Annotated[Task, Tag("task")]
    | Annotated[Do, Tag("do")]
    | Annotated[InParallel, Tag("in_parallel")]
    | Annotated[Try, Tag("try")]
    | Annotated[LoadVar, Tag("load_var")],
    Discriminator(_kind, custom_error_type="step", custom_error_message=_ONE_KIND),
]


class Job(_Step):
    """A plan of steps, run whenever one of its triggering inputs has a new version."""

    name: str
    plan: tuple[Step, ...]
    serial: bool = False
    serial_groups: tuple[str, ...] = ()
    max_in_flight: int | None = None
    public: bool = False
    old_name: str | None = None


class Pipeline(StrictModel):
    """A pipeline, as ``fly set-pipeline`` takes it."""

    groups: tuple[Group, ...] = ()
    jobs: tuple[Job, ...]
    resources: tuple[Resource, ...] = ()
    resource_types: tuple[ResourceType, ...] = ()

    def steps(self, job: Job | Step) -> Iterator[Step]:
        """Yield every step of a job at any depth, hooks included."""
        for step in (*job.inner(), *job.hooks().values()):
            yield step
            yield from self.steps(step)

    def edges(self) -> frozenset[tuple[str, str]]:
        """Return (before, after) for each job that takes versions which passed another."""
        return frozenset(
            (before, job.name)
            for job in self.jobs
            for step in self.steps(job)
            if isinstance(step, Get)
            for before in step.passed
        )


def read_pipeline(file: Path) -> Pipeline:
    """Return the pipeline in ``file``; raises `InvalidFile` with the place that is wrong."""
    return parse_pipeline(read_document(file), str(file))


def read_document(file: Path) -> Any:
    """Return the value of a YAML file; raises `InvalidFile`."""
    try:
        return read_yaml(file.read_bytes(), str(file))
    except OSError as error:
        raise InvalidFile(str(file), "", str(error)) from error


def parse_pipeline(document: Any, name: str) -> Pipeline:
    """Return the pipeline in a YAML document that was read from ``name``."""
    try:
        return Pipeline.model_validate(document)
    except ValidationError as error:
        remedy = (
            "see concourse-ci.org/docs, and promoter/concourse/schema.py for the supported part"
        )
        raise InvalidFile.from_model(name, error, next_step=remedy) from error
