"""Run a job of a rendered pipeline as Concourse does, step by step.

Sources: concourse-ci.org/docs, "Steps" (`get`, `put`, `task`, `in_parallel`, `do`, `try`, and the
modifiers `attempts`, `ensure`, `on_failure`, ...) and "passed".
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from promoter.concourse.pipelines import PipelineFiles
from promoter.concourse.schema import (
    Do,
    Get,
    InParallel,
    Job,
    Pipeline,
    Put,
    Resource,
    Step,
    Task,
    Try,
    read_pipeline,
)
from tests.concourse.resource_types import ResourceType, Version, problems
from tests.concourse.test_pipelines import ROOT
from tests.concourse.worker import Worker, pipeline_files

Artifacts = dict[str, Path]


@dataclass(frozen=True)
class Build:
    """An ended build: the versions that it got or put, and whether it succeeded."""

    job: str
    versions: Mapping[str, Version]
    succeeded: bool
    steps: tuple[str, ...]
    log: str


@dataclass
class Engine:
    """A pipeline on a worker, its resources by name, and the builds so far."""

    name: str
    worker: Worker
    resources: Mapping[str, ResourceType]
    builds: list[Build] = field(default_factory=list)
    # Params that a test replaces: the address of the registry.
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> PipelineFiles:
        return pipeline_files(self.name)

    @property
    def pipeline(self) -> Pipeline:
        return read_pipeline(self.where.rendered(ROOT))

    def job(self, name: str) -> Job:
        (found,) = (each for each in self.pipeline.jobs if each.name == name)
        return found

    def run(self, name: str) -> Build:
        """Run a job with the newest versions that fit; raises `NoVersion` if there are none."""
        job = self.job(name)
        gets = [each for each in self.pipeline.steps(job) if isinstance(each, Get)]
        running = _Running(self, job, self._chosen(gets))
        succeeded = running.hooked(job, running.sequence(job.plan))
        build = Build(name, running.versions, succeeded, tuple(running.steps), running.log)
        self.builds.append(build)
        return build

    def succeed(self, name: str) -> Build:
        """Run a job that must succeed."""
        build = self.run(name)
        assert build.succeeded, build.log
        return build

    def _chosen(self, gets: Iterable[Get]) -> dict[str, Version]:
        """Return a version for each get; what has `passed` a job comes from one build of it."""
        gets = list(gets)
        jobs = sorted({job for each in gets for job in each.passed})
        passed = [
            [each for each in reversed(self.builds) if each.job == job and each.succeeded]
            for job in jobs
        ]
        for builds in itertools.product(*passed):
            of = dict(zip(jobs, builds, strict=True))
            found: dict[str, Version] = {}
            for each in gets:
                offered = [of[job].versions.get(each.of) for job in each.passed]
                if not each.passed:
                    offered = [next(reversed(self.resources[each.of].versions()), None)]
                if offered[0] is None or any(one != offered[0] for one in offered):
                    break
                found[each.get] = offered[0]
            else:
                return found
        raise NoVersion(f"no versions for {[each.get for each in gets]} that passed {jobs}")

    def declared(self, resource: str) -> Resource:
        (found,) = (each for each in self.pipeline.resources if each.name == resource)
        return found


class NoVersion(Exception):
    """A job that Concourse would not start: an input has no version that passed."""


@dataclass
class _Running:
    """A build that runs: its artifacts and the outcomes of its steps."""

    engine: Engine
    job: Job
    chosen: Mapping[str, Version]
    artifacts: Artifacts = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    log: str = ""

    def sequence(self, steps: Iterable[Step]) -> bool:
        return all(self.step(each) for each in steps)

    def step(self, step: Step) -> bool:
        """Run a step with its attempts and hooks; return whether it succeeded."""
        tries = range(step.attempts or 1)
        return self.hooked(step, any(self._once(step) for _ in tries))

    def hooked(self, step: Step | Job, succeeded: bool) -> bool:
        """Run the hooks of a step that ended; one that fails makes the step fail."""
        hooks = step.hooks()
        after = [hooks.get("on_success" if succeeded else "on_failure"), hooks.get("ensure")]
        outcomes = [self.step(each) for each in after if each is not None]
        return succeeded and all(outcomes)

    def _once(self, step: Step) -> bool:
        match step:
            case Get():
                return self._get(step)
            case Put():
                return self._put(step)
            case Task():
                return self._task(step)
            case InParallel():
                return self._parallel(step.inner())
            case Try():
                self.sequence(step.inner())
                return True
            case Do():
                return self.sequence(step.inner())
        raise AssertionError(f"{step} is not known")

    def _parallel(self, steps: Iterable[Step]) -> bool:
        """Run all of them; none sees the artifacts of another, and each runs to its end."""
        before, after, outcomes = self.artifacts, dict(self.artifacts), []
        for each in steps:
            self.artifacts = dict(before)
            outcomes.append(self.step(each))
            after |= {n: p for n, p in self.artifacts.items() if before.get(n) != p}
        self.artifacts = after
        return all(outcomes)

    def _folder(self, name: str) -> Path:
        number = f"{len(self.engine.builds)}-{len(self.steps)}"
        return self.engine.worker.folder / f"artifact-{number}-{name}"

    def _get(self, step: Get) -> bool:
        assert problems(self.engine.declared(step.of), step.params) == []
        version, target = self.chosen[step.get], self._folder(step.get)
        self.steps.append(f"get {step.get}")
        self._fetch(step.of, version, target, step.params)
        self.artifacts[step.get] = target
        return True

    def _fetch(
        self, resource: str, version: Version, target: Path, params: Mapping[str, object]
    ) -> None:
        self.engine.resources[resource].get(version, target, params)
        self.versions[resource] = version

    def _put(self, step: Put) -> bool:
        assert problems(self.engine.declared(step.of), step.params, "put") == []
        self.steps.append(f"put {step.put}")
        names = self.artifacts if step.inputs in (None, "all", "detect") else step.inputs
        folder = self._folder(f"put-{step.put}")
        folder.mkdir()
        for name in names or ():
            shutil.copytree(self.artifacts[name], folder / name, symlinks=True)
        version = self.engine.resources[step.of].put(folder, step.params)
        if not step.no_get:
            target = self._folder(step.put)
            self._fetch(step.of, version, target, step.get_params)
            self.artifacts[step.put] = target
        self.versions[step.of] = version
        return True

    def _task(self, step: Task) -> bool:
        self.steps.append(f"task {step.task}")
        given = {
            each.name: self.artifacts[step.input_mapping.get(each.name, each.name)]
            for each in step.config.inputs
        }
        replaced = {n: self.engine.params.get(n, v) for n, v in step.config.params.items()}
        config = step.config.model_copy(update={"params": replaced})
        task = step.model_copy(update={"config": config})
        folder, done = self.engine.worker.run(self.engine.where, task, given)
        self.log += f"--- {step.task}: {done.returncode}\n{done.stdout}{done.stderr}"
        if done.returncode == 0:
            for each in step.config.outputs:
                name = step.output_mapping.get(each.name, each.name)
                self.artifacts[name] = folder / (each.path or each.name)
        return done.returncode == 0
