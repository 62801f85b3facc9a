"""Concourse's pipeline schema, as far as our pipelines use it; anything else is refused.

Fields and their meaning: concourse-ci.org/docs, and ``atc/config.go``, ``atc/steps.go``,
``atc/task.go`` of Concourse. Concourse itself accepts keys that it does not know in some
places; here each is an error, because a misspelt ``trigger`` just never triggers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

Params = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ResourceType(_Strict):
    """A type that Concourse does not ship: an image with check, in and out."""

    name: str
    type: str
    source: Params
    check_every: str | None = None
    privileged: bool = False


class Resource(_Strict):
    """What a pipeline gets from and puts to."""

    name: str
    type: str
    source: Params = {}
    icon: str | None = None
    check_every: str | None = None
    webhook_token: str | None = None


class Group(_Strict):
    """A tab of the web page."""

    name: str
    jobs: tuple[str, ...]


class TaskArtifact(_Strict):
    """An input or output folder of a task; ``path`` is where the task sees it."""

    name: str
    path: str | None = None


class ImageResource(_Strict):
    """The image that a task runs in; ``version`` pins it."""

    type: str
    source: Params
    version: dict[str, str] | None = None


class Run(_Strict):
    """What a task executes, relative to the folder that holds its inputs."""

    path: str
    args: tuple[str, ...] = ()
    dir: str | None = None


class TaskConfig(_Strict):
    """A task: an image, folders in, folders out, variables, one command."""

    platform: str
    image_resource: ImageResource
    inputs: tuple[TaskArtifact, ...] = ()
    outputs: tuple[TaskArtifact, ...] = ()
    caches: tuple[dict[str, str], ...] = ()
    params: dict[str, str] = {}
    run: Run


class _Step(_Strict):
    attempts: int | None = Field(default=None, ge=2)
    timeout: str | None = None
    on_success: Step | None = None
    on_failure: Step | None = None
    on_abort: Step | None = None
    on_error: Step | None = None
    ensure: Step | None = None

    def inner(self) -> tuple[Step, ...]:
        """The steps that this one is made of."""
        return ()

    def hooks(self) -> dict[str, Step]:
        """The steps that follow this one, by the name of the hook."""
        named = {
            "on_success": self.on_success,
            "on_failure": self.on_failure,
            "on_abort": self.on_abort,
            "on_error": self.on_error,
            "ensure": self.ensure,
        }
        return {name: step for name, step in named.items() if step is not None}


class Get(_Step):
    """Fetches a version of a resource."""

    get: str
    resource: str | None = None
    passed: tuple[str, ...] = ()
    trigger: bool = False
    params: Params = {}
    version: str | None = None

    @property
    def of(self) -> str:
        """The resource's name."""
        return self.resource or self.get


class Put(_Step):
    """Makes a version of a resource, and fetches it."""

    put: str
    resource: str | None = None
    params: Params = {}
    inputs: tuple[str, ...] | str | None = None
    get_params: Params = {}
    no_get: bool = False

    @property
    def of(self) -> str:
        """The resource's name."""
        return self.resource or self.put


class Task(_Step):
    """Runs a task whose configuration stands in the pipeline."""

    task: str
    config: TaskConfig
    privileged: bool = False
    input_mapping: dict[str, str] = {}
    output_mapping: dict[str, str] = {}


class Do(_Step):
    """Steps one after another."""

    do: tuple[Step, ...]

    def inner(self) -> tuple[Step, ...]:
        """The steps, in their order."""
        return self.do


class Parallel(_Strict):
    """The long form of in_parallel."""

    steps: tuple[Step, ...]
    limit: int | None = None
    fail_fast: bool = False


class InParallel(_Step):
    """Steps at the same time; what they fetch and make is there once all are done."""

    in_parallel: tuple[Step, ...] | Parallel

    def inner(self) -> tuple[Step, ...]:
        """The steps, in no order."""
        found = self.in_parallel
        return found.steps if isinstance(found, Parallel) else found


class Try(_Step):
    """A step that may fail."""

    try_: Step = Field(alias="try")

    def inner(self) -> tuple[Step, ...]:
        """The one step."""
        return (self.try_,)


class LoadVar(_Step):
    """Reads a file into ``((.:name))``."""

    load_var: str
    file: str
    format: str | None = None
    reveal: bool = False


_KINDS = ("get", "put", "task", "do", "in_parallel", "try", "load_var")


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
    Discriminator(
        _kind,
        custom_error_type="step",
        custom_error_message="a step is exactly one of " + ", ".join(_KINDS),
    ),
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

    def inner(self) -> tuple[Step, ...]:
        """The plan."""
        return self.plan


class Pipeline(_Strict):
    """A whole pipeline, as ``fly set-pipeline`` takes it."""

    groups: tuple[Group, ...] = ()
    jobs: tuple[Job, ...]
    resources: tuple[Resource, ...] = ()
    resource_types: tuple[ResourceType, ...] = ()

    def steps(self, job: Job) -> Iterator[Get | Put | Task | Do | InParallel | Try | LoadVar]:
        """Every step of a job, however deep, hooks included."""
        todo = [*reversed(job.plan), *job.hooks().values()]
        while todo:
            step = todo.pop()
            yield step
            todo += [*reversed([*step.inner(), *step.hooks().values()])]


for _model in (Do, Parallel, InParallel, Try, Get, Put, Task, LoadVar, Job, Pipeline):
    _model.model_rebuild()
