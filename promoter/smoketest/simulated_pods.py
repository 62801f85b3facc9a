"""Real processes that answer for simulated pods during a smoketest.

On simulated nodes (kwok) a pod has no process. The program of the pinned image, a third-party
program on PATH, or a fake answers instead (`pod_programs`). An object PortForward next to the pod
makes kwok forward a port-forward to the pod, through the API server, to that process.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

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
# Components that need the addresses of others, as variables: they are started after these.
_DEPENDENCIES = {"oathkeeper": {"KEYCLOAK_URL": "keycloak", "SERVER_URL": "server"}}


@dataclass
class PodServers:
    """The servers by component: process, port once it listens, or the reason that it does not."""

    processes: dict[str, RunningProcess] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def programs(self) -> Mapping[str, PodProgram]:
        """The program that was started for each component."""
        programs = {name: process.program for name, process in self.processes.items()}
        return {name: PodProgram(each.source, each.fake) for name, each in programs.items()}

    @contextmanager
    def record_failure(self, component: str) -> Iterator[None]:
        """Keep an error of the block as the reason that ``component`` has no server."""
        try:
            yield
        except (PromoterError, OSError) as error:
            self.failures[component] = str(error)


@dataclass(frozen=True)
class SimulatedPods:
    """The simulated ones among ``pods``; ``registry`` (``host:port``) has their images."""

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
        simulated = (components | needed) & {pod.component for pod in self.pods if pod.simulated}
        servers = PodServers()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smoketest-")))
            with ThreadPoolExecutor(_WORKERS) as pool:
                programs = {n: pool.submit(self._program, n, folder / n) for n in sorted(simulated)}
            for wave in (simulated - _DEPENDENCIES.keys(), simulated & _DEPENDENCIES.keys()):
                started = {name: each for name, each in programs.items() if name in wave}
                self._start(started, folder, stack, servers)
            with self._forwarded(servers):
                yield servers
                # Side by side, while their forwards are deleted and before they are waited for.
                for process in servers.processes.values():
                    process.end()

    def _pods(self, component: str) -> Sequence[Pod]:
        return [pod for pod in self.pods if pod.simulated and pod.component == component]

    def _program(self, component: str, folder: Path) -> Program:
        folder.mkdir(mode=0o700)
        if component not in FAKES:
            return image_program(self._pod(component).image, self.registry, self.toolchain, folder)
        if component == "keycloak":
            container, home = self._container(component), find_keycloak()
            if not home:
                return fake_program(component, container.variables)
            cache = Cache(self.toolchain.cache)
            return keycloak_program(home, container, folder, cache, self.progress)
        if component == "dagster" and (webserver := shutil.which("dagster-webserver")):
            code, location = folder / "code", self._pod("dagster-code")
            extract_image(location.image, self.registry, self.toolchain, code)
            return dagster_program(
                webserver, self._container(component), self._container("dagster-code"), code, folder
            )
        return fake_program(component, {})

    def _container(self, component: str) -> Container:
        return read_container(self.kubectl, self._pod(component).name)

    def _pod(self, component: str) -> Pod:
        pods = self._pods(component)
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
        for name, prepared in programs.items():
            with servers.record_failure(name):
                program = prepared.result()
                variables = dict(program.variables)
                for variable, other in _DEPENDENCIES.get(name, {}).items():
                    variables[variable] = f"http://127.0.0.1:{servers.ports.get(other)}"
                program = replace(program, variables=variables)
                started = start_process(name, program, folder / f"{name}.log")
                servers.processes[name] = stack.enter_context(started)
        for name in [name for name in programs if name in servers.processes]:
            process = servers.processes[name]
            source = process.program.source
            task = f"start {source}" if process.program.fake else f"start {name} ({source})"
            with servers.record_failure(name), self.progress.task(task):
                servers.ports[name] = process.port()

    @contextmanager
    def _forwarded(self, servers: PodServers) -> Iterator[None]:
        """Forward the ports of every pod whose server listens, while the block runs."""
        forwards = {}
        for name, listening in servers.ports.items():
            port = servers.processes[name].program.port
            target = {"address": "127.0.0.1", "port": listening}
            for pod in self._pods(name):
                # A program without a port of its own answers for every port of the pod.
                ports = sorted([port] if port else pod.ports.values())
                forwards[pod.name] = {
                    "apiVersion": f"{_GROUP}/v1alpha1",
                    "kind": POD_FORWARD,
                    "metadata": {"name": pod.name},
                    "spec": {"forwards": [{"ports": ports, "target": target}]},
                }
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
                self.kubectl.delete(f"portforwards.{_GROUP}", *forwards)
