"""Real processes that answer for simulated pods, while a smoketest asks them.

On simulated nodes (kwok) a pod has no process. For the server and both portals the stand-in
is the program of the very image that the pod is pinned to; for third-party parts see
`third_party`. kwok leads a port-forward to the pod, through the API server, to that process:
an object PortForward beside the pod says so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from promoter.common.errors import ClusterError, PlatformError, PromoterError
from promoter.common.progress import Progress
from promoter.platform.cluster import POD_FORWARD
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.container import Container, container_of
from promoter.smoketest.errors import SmoketestError
from promoter.smoketest.image_root import image_files, program_of
from promoter.smoketest.installation import Installed, Pod
from promoter.smoketest.processes import Program, RunningProcess, started
from promoter.smoketest.third_party import COMPONENTS, ThirdParty
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache

_AT_ONCE = 4
_GROUP = "kwok.x-k8s.io"
_PLURAL = f"portforwards.{_GROUP}"
# Started when the others listen, as they are told where those are: variable and component.
_TOLD = {"oathkeeper": {"KEYCLOAK_URL": "keycloak", "SERVER_URL": "server"}}


@dataclass
class Answering:
    """Which stand-ins answer. By component: the port, where it is from, or why there is none."""

    ports: dict[str, int] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def noting(self, component: str) -> Iterator[None]:
        """What goes wrong in the block is why ``component`` has no stand-in."""
        try:
            yield
        except (PromoterError, OSError) as error:
            self.failures[component] = str(error)

    def told(self, component: str) -> Mapping[str, str]:
        """What ``component`` is told of where others answer."""
        wanted = _TOLD.get(component, {}).items()
        return {name: f"http://127.0.0.1:{self.ports.get(other)}" for name, other in wanted}


@dataclass(frozen=True)
class PodProcesses:
    """Starts the stand-ins of one installation. ``registry`` (host:port) has the images."""

    kubectl: Kubectl
    installed: Installed
    registry: str
    toolchain: Toolchain
    progress: Progress

    @contextmanager
    def running(self, components: Set[str]) -> Iterator[Answering]:
        """Stand-ins for the simulated pods of ``components``, and of those that they need.

        Why a component has none is for the smoketest to report.
        """
        told_of = {other for name in components for other in _TOLD.get(name, {}).values()}
        wanted = (components | told_of) & self._simulated.keys()
        answering = Answering()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stand-ins-")))
            programs = self._programs(wanted, folder)
            for wave in (wanted - _TOLD.keys(), wanted & _TOLD.keys()):
                self._start({name: programs[name] for name in wave}, folder, stack, answering)
            with self._led(self._forwards(programs, answering)):
                yield answering

    @cached_property
    def _simulated(self) -> Mapping[str, Sequence[Pod]]:
        """The simulated pods by their component."""
        found: dict[str, list[Pod]] = {}
        for pod in self.installed.pods:
            if pod.simulated:
                found.setdefault(pod.component, []).append(pod)
        return found

    def _programs(self, components: Set[str], folder: Path) -> Mapping[str, Future[Program]]:
        """The program of each component, all of them fetched at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return {name: pool.submit(self._program, name, folder / name) for name in components}

    def _program(self, component: str, folder: Path) -> Program:
        """How it is started; without a port of its own it serves every port of the pod."""
        folder.mkdir(mode=0o700)
        if component in COMPONENTS:
            cache = Cache(self.toolchain.cache)
            parts = ThirdParty(self._container, self._unpack, cache, self.progress)
            return parts.program(component, folder)
        return program_of(self._pod(component).image, self.registry, self._crane, folder)

    def _container(self, component: str) -> Container:
        return container_of(self.kubectl, self._pod(component).name)

    def _unpack(self, component: str, folder: Path) -> None:
        image_files(self._pod(component).image, self.registry, self._crane, folder)

    @property
    def _crane(self) -> Path:
        return self.toolchain.program("crane")

    def _pod(self, component: str) -> Pod:
        pods = self._simulated.get(component)
        if not pods:
            raise SmoketestError(f"start a stand-in: component {component} has no running pod")
        return pods[0]

    def _start(
        self,
        programs: Mapping[str, Future[Program]],
        folder: Path,
        stack: ExitStack,
        answering: Answering,
    ) -> None:
        """Start them side by side until ``stack`` ends, and wait until they listen."""
        running: dict[str, RunningProcess] = {}
        for name, fetched in sorted(programs.items()):
            with answering.noting(name):
                program = fetched.result()
                told = {**program.variables, **answering.told(name)}
                log = folder / f"{name}.log"
                begun = started(name, replace(program, variables=told), log)
                running[name] = stack.enter_context(begun)
                answering.sources[name] = program.source
        for name, process in running.items():
            task = f"start a stand-in for {name}: {process.program.source}"
            with answering.noting(name), self.progress.task(task):
                answering.ports[name] = process.port()

    def _forwards(
        self, programs: Mapping[str, Future[Program]], answering: Answering
    ) -> Sequence[Mapping[str, Any]]:
        """What leads to the stand-ins that answer, for each of their pods."""
        found = []
        for name, target in answering.ports.items():
            port = programs[name].result().port
            for pod in self._simulated[name]:
                found.append(_forward(pod.name, [port] if port else pod.ports.values(), target))
        return found

    @contextmanager
    def _led(self, forwards: Sequence[Mapping[str, Any]]) -> Iterator[None]:
        """Lead port-forwards to pods to their stand-ins, as ``forwards`` say."""
        names = [each["metadata"]["name"] for each in forwards]
        try:
            if forwards:
                self.kubectl.apply(forwards)
        except ClusterError as error:
            raise PlatformError(
                f"let a process answer for {', '.join(names)}: {error}",
                next_step="promoter platform up (it brings what an older platform lacks)",
            ) from error
        try:
            yield
        finally:
            if names:
                self.kubectl.delete(_PLURAL, *names)


def _forward(pod: str, ports: Iterable[int], target: int) -> Mapping[str, Any]:
    to = {"address": "127.0.0.1", "port": target}
    return {
        "apiVersion": f"{_GROUP}/v1alpha1",
        "kind": POD_FORWARD,
        "metadata": {"name": pod},
        "spec": {"forwards": [{"ports": sorted(ports), "target": to}]},
    }
