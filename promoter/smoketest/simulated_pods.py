"""Real processes that answer for simulated pods during a smoketest.

On simulated nodes (kwok) a pod has no process. The program of the pinned image, a third-party
program on PATH, or a fake answers instead (`pod_programs`). An object PortForward next to the pod
makes kwok forward a port-forward to the pod, through the API server, to that process.
"""

from __future__ import annotations

import shutil
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
from promoter.smoketest.installation import Container, Pod, read_container
from promoter.smoketest.pod_programs import (
    FAKES,
    dagster_program,
    extract_image,
    fake_program,
    find_keycloak,
    image_program,
    keycloak_program,
)
from promoter.smoketest.processes import Program, RunningProcess, start_process
from promoter.smoketest.report import PodProgram, SmoketestError
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache

_WORKERS = 4
_GROUP = "kwok.x-k8s.io"
_PLURAL = f"portforwards.{_GROUP}"
# Components that need the addresses of others, as variables: they are started after these.
_DEPENDENCIES = {"oathkeeper": {"KEYCLOAK_URL": "keycloak", "SERVER_URL": "server"}}


@dataclass
class PodServers:
    """The running servers by component: port, program, or the reason that there is none."""

    ports: dict[str, int] = field(default_factory=dict)
    programs: dict[str, PodProgram] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def is_fake(self, component: str) -> bool:
        """Return whether a fake answers for ``component``."""
        return component in self.programs and self.programs[component].fake

    @contextmanager
    def record_failure(self, component: str) -> Iterator[None]:
        """Keep an error of the block as the reason that ``component`` has no server."""
        try:
            yield
        except (PromoterError, OSError) as error:
            self.failures[component] = str(error)

    def addresses(self, component: str) -> Mapping[str, str]:
        """Return the variables with the addresses that ``component`` depends on."""
        needed = _DEPENDENCIES.get(component, {}).items()
        return {name: f"http://127.0.0.1:{self.ports.get(other)}" for name, other in needed}


@dataclass(frozen=True)
class SimulatedPods:
    """The simulated ones among ``pods``, and what their servers are started with.

    ``registry`` (``host:port``) has the images.
    """

    kubectl: Kubectl
    pods: Sequence[Pod]
    registry: str
    toolchain: Toolchain
    progress: Progress

    @contextmanager
    def serve(self, components: Set[str]) -> Iterator[PodServers]:
        """Run servers for the simulated pods of ``components`` and of their dependencies.

        A server that does not start is no error here: the smoketest reports it.
        """
        needed = {other for name in components for other in _DEPENDENCIES.get(name, {}).values()}
        simulated = (components | needed) & self._by_component.keys()
        servers = PodServers()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoketest-")))
            programs = self._prepare(simulated, folder)
            for wave in (simulated - _DEPENDENCIES.keys(), simulated & _DEPENDENCIES.keys()):
                self._start({name: programs[name] for name in wave}, folder, stack, servers)
            with self._forwarded(programs, servers):
                yield servers

    @cached_property
    def _by_component(self) -> Mapping[str, Sequence[Pod]]:
        simulated: dict[str, list[Pod]] = {}
        for pod in self.pods:
            if pod.simulated:
                simulated.setdefault(pod.component, []).append(pod)
        return simulated

    def _prepare(self, components: Set[str], folder: Path) -> Mapping[str, Future[Program]]:
        """Return the program of each component, all of them prepared in parallel."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            return {name: pool.submit(self._program, name, folder / name) for name in components}

    def _program(self, component: str, folder: Path) -> Program:
        folder.mkdir(mode=0o700)
        if component not in FAKES:
            return image_program(self._pod(component).image, self.registry, self._crane, folder)
        if component == "keycloak":
            container, home = self._container(component), find_keycloak()
            if not home:
                return fake_program(component, container.variables)
            cache = Cache(self.toolchain.cache)
            return keycloak_program(home, container, folder, cache, self.progress)
        if component == "dagster" and (webserver := shutil.which("dagster-webserver")):
            code, location = folder / "code", self._pod("dagster-code")
            extract_image(location.image, self.registry, self._crane, code)
            return dagster_program(
                webserver, self._container(component), self._container("dagster-code"), code, folder
            )
        return fake_program(component, {})

    @property
    def _crane(self) -> Path:
        return self.toolchain.program("crane")

    def _container(self, component: str) -> Container:
        return read_container(self.kubectl, self._pod(component).name)

    def _pod(self, component: str) -> Pod:
        pods = self._by_component.get(component)
        if not pods:
            raise SmoketestError(f"read component {component}: it has no running pod")
        return pods[0]

    def _start(
        self,
        programs: Mapping[str, Future[Program]],
        folder: Path,
        stack: ExitStack,
        servers: PodServers,
    ) -> None:
        """Start the programs side by side until ``stack`` ends, and wait until they listen."""
        processes: dict[str, RunningProcess] = {}
        for name, prepared in sorted(programs.items()):
            with servers.record_failure(name):
                program = prepared.result()
                variables = {**program.variables, **servers.addresses(name)}
                log = folder / f"{name}.log"
                process = start_process(name, replace(program, variables=variables), log)
                processes[name] = stack.enter_context(process)
                servers.programs[name] = PodProgram(program.source, program.fake)
        for name, running in processes.items():
            source = running.program.source
            task = f"start {source}" if running.program.fake else f"start {name} ({source})"
            with servers.record_failure(name), self.progress.task(task):
                servers.ports[name] = running.port()

    @contextmanager
    def _forwarded(
        self, programs: Mapping[str, Future[Program]], servers: PodServers
    ) -> Iterator[None]:
        """Forward the ports of every pod whose server listens, while the block runs.

        A program without a port of its own answers for every port of the pod.
        """
        forwards = {}
        for name, target in servers.ports.items():
            port = programs[name].result().port
            for pod in self._by_component[name]:
                ports = [port] if port else pod.ports.values()
                forwards[pod.name] = _port_forward(pod.name, ports, target)
        try:
            if forwards:
                self.kubectl.apply(tuple(forwards.values()))
        except ClusterError as error:
            raise PlatformError(
                f"forward the ports of {', '.join(forwards)}: {error}",
                next_step="promoter platform up (it adds what an older platform lacks)",
            ) from error
        try:
            yield
        finally:
            if forwards:
                self.kubectl.delete(_PLURAL, *forwards)


def _port_forward(pod: str, ports: Iterable[int], target: int) -> Mapping[str, Any]:
    to = {"address": "127.0.0.1", "port": target}
    return {
        "apiVersion": f"{_GROUP}/v1alpha1",
        "kind": POD_FORWARD,
        "metadata": {"name": pod},
        "spec": {"forwards": [{"ports": sorted(ports), "target": to}]},
    }
