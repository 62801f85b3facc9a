"""Follow the artifacts through each job: every one that is read exists, every new one is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from promoter.common.finding import Finding
from promoter.concourse.schema import Get, InParallel, Job, LoadVar, Pipeline, Put, Step, Task

# Parameters of a put that are paths, which begin with the name of an artifact.
PATH_PARAMS = {
    "git": ("repository", "tag"),
    "github-release": ("name", "tag", "body", "globs", "commitish"),
    "registry-image": ("image", "additional_tags"),
    "semver": ("file",),
    "pull-request": ("path",),
    "cepler-out": ("repository",),
}


def check_artifacts(pipeline: Pipeline) -> Iterator[Finding]:
    """Find artifacts that are read before they exist, or created and never read."""
    types = {resource.name: resource.type for resource in pipeline.resources}
    for job in pipeline.jobs:
        walk = _Walk(types, f"jobs.{job.name}")
        walk.run(job, frozenset())
        yield from walk.findings
        for artifact, creator in sorted(walk.created.items()):
            if artifact not in walk.used:
                yield Finding(walk.place, f"{creator}: nothing reads {artifact}")


@dataclass
class _Walk:
    """The walk through the steps of one job: artifacts read and created so far."""

    types: Mapping[str, str]
    place: str
    used: set[str] = field(default_factory=set)
    created: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def run(self, step: Step | Job, available: frozenset[str]) -> frozenset[str]:
        """Return the artifacts that are available after ``step``."""
        after = self._step(step, available)
        for hook in step.hooks().values():
            self.run(hook, after)
        return after

    def _step(self, step: Step | Job, available: frozenset[str]) -> frozenset[str]:
        if isinstance(step, Get):
            if not (step.trigger or step.passed):
                self.created[step.get] = f"get {step.get}"
            return available | {step.get}
        if isinstance(step, Put):
            return self._put(step, available)
        if isinstance(step, Task):
            return self._task(step, available)
        if isinstance(step, LoadVar):
            self._require(_first(step.file), available, f"load_var {step.load_var}")
            return available
        if isinstance(step, InParallel):
            # Parallel steps do not see the artifacts of each other.
            return available.union(*(self.run(inner, available) for inner in step.inner()))
        for inner in step.inner():
            available = self.run(inner, available)
        return available

    def _put(self, step: Put, available: frozenset[str]) -> frozenset[str]:
        read: set[str] = set()
        for name in PATH_PARAMS.get(self.types.get(step.of, ""), ()):
            value = step.params.get(name)
            paths = [value] if isinstance(value, str) else value or ()
            read |= {_first(path) for path in paths if isinstance(path, str)}
        for artifact in sorted(read):
            self._require(artifact, available, f"put {step.put}")
        if isinstance(step.inputs, tuple):
            listed = set(step.inputs)
            self._report(listed - read, f"put {step.put} lists an input that it does not read:")
            self._report(read - listed, f"put {step.put} does not list its input")
        return available if step.no_get else available | {step.put}

    def _task(self, step: Task, available: frozenset[str]) -> frozenset[str]:
        task, inputs = f"task {step.task}", {artifact.name for artifact in step.config.inputs}
        outputs = {artifact.name for artifact in step.config.outputs}
        self._report(set(step.input_mapping) - inputs, f"{task} has no input")
        self._report(set(step.output_mapping) - outputs, f"{task} has no output")
        for name in sorted(inputs):
            self._require(step.input_mapping.get(name, name), available, task)
        new = {step.output_mapping.get(name, name) for name in outputs}
        for name in new:
            # An output that is also an input edits what another step created.
            if name not in available:
                self.created[name] = task
            self.used.discard(name)
        return available | new

    def _require(self, artifact: str, available: frozenset[str], reader: str) -> None:
        self.used.add(artifact)
        if artifact not in available:
            self._report([artifact], f"{reader}: no step before it creates")

    def _report(self, names: Iterable[str], reason: str) -> None:
        self.findings += [Finding(self.place, f"{reason} {name}") for name in sorted(names)]


def _first(path: str) -> str:
    return path.removeprefix("./").partition("/")[0]
