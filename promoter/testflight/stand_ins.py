"""Real processes that answer for simulated pods, while a smoketest asks them.

On simulated nodes (kwok) a pod has no process. For the server and both portals the stand-in
is the program of the very image that the pod is pinned to; for third-party parts it is a
small server that keeps the part's contract (`contracts`). kwok leads a port-forward to the
pod, through the API server, to that process: an object PortForward beside the pod says so.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from promoter.errors import ClusterError, PlatformError, PromoterError
from promoter.kubectl import Kubectl
from promoter.progress import Progress
from promoter.testflight.image_root import Program, program_of
from promoter.testflight.installed import Installed, Pod
from promoter.testflight.processes import START_SECONDS, serving
from promoter.toolchain.platform.cluster import POD_FORWARD

# Third-party parts by their component, in the order in which they are started: Oathkeeper is
# told where Keycloak and the server are.
CONTRACTS = ("keycloak", "oathkeeper", "oauth2-proxy", "dagster", "gotenberg")
_SERVER = "server"
_AT_ONCE = 4
_GROUP = "kwok.x-k8s.io"
_PLURAL = f"portforwards.{_GROUP}"


@dataclass(frozen=True)
class StandIns:
    """Starts the stand-ins of one installation. ``registry`` (host:port) has the images."""

    kubectl: Kubectl
    installed: Installed
    registry: str
    crane: Path
    progress: Progress
    seconds: float = START_SECONDS
    _ports: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def running(self, components: frozenset[str]) -> Iterator[Mapping[str, str]]:
        """Stand-ins for the simulated pods of ``components`` while the block runs.

        Gives why a component has none: those are for the smoketest to report.
        """
        pods = [pod for pod in self.installed.pods if pod.simulated]
        wanted = {pod.component for pod in pods} & components
        failures: dict[str, str] = {}
        forwards: list[Mapping[str, Any]] = []
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stand-ins-")))
            mine = {name: [pod for pod in pods if pod.component == name] for name in wanted}
            programs = self._pulled(mine, folder)
            ordered = sorted(wanted, key=lambda name: (name in CONTRACTS, _rank(name), name))
            for component in ordered:
                try:
                    program = programs[component].result()
                    port = self._start(component, program, folder, stack)
                except PromoterError as error:
                    failures[component] = str(error)
                    continue
                ports = (
                    [program.port] if program.port else sorted(mine[component][0].ports.values())
                )
                forwards += [_forward(pod.name, ports, port) for pod in mine[component]]
            with self._answering(forwards):
                yield failures

    def _pulled(
        self, pods: Mapping[str, Sequence[Pod]], folder: Path
    ) -> Mapping[str, Future[Program]]:
        """The program of each component, all of them fetched at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return {
                name: pool.submit(self._program, name, mine[0], folder / name)
                for name, mine in pods.items()
            }

    def _start(self, component: str, program: Program, folder: Path, stack: ExitStack) -> int:
        """Start it until ``stack`` ends; the port of loopback that it listens on."""
        log = folder / f"{component}.log"
        variables = {**program.variables, **self._told(component)}
        with self.progress.task(f"start a stand-in for {component}"):
            port = stack.enter_context(
                serving(component, program.argv, variables, log, self.seconds)
            )
        self._ports[component] = port
        return port

    def _program(self, component: str, pod: Pod, folder: Path) -> Program:
        """How it is started; without a port of its own it serves every port of the pod."""
        folder.mkdir(mode=0o700)
        if component in CONTRACTS:
            module = f"promoter.testflight.contracts.{component.replace('-', '_')}"
            return Program((sys.executable, "-m", module), {}, None)
        return program_of(pod.image, self.registry, self.crane, folder)

    def _told(self, component: str) -> Mapping[str, str]:
        """What a contract's server is told of its surroundings."""
        if component == "keycloak":
            return {"CLIENT_SECRET": self.client_secret()}
        if component == "oathkeeper":
            keycloak, server = self._ports.get("keycloak"), self._ports.get(_SERVER)
            return {
                "KEYCLOAK_URL": f"http://127.0.0.1:{keycloak}",
                "SERVER_URL": f"http://127.0.0.1:{server}",
            }
        return {}

    def client_secret(self) -> str:
        """The secret of the internal realm's service account in this installation."""
        key = "keycloak-internal-client-secret"
        return self.kubectl.secret_value("lana-bank", key)

    @contextmanager
    def _answering(self, forwards: Sequence[Mapping[str, Any]]) -> Iterator[None]:
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


def _forward(pod: str, ports: Sequence[int], target: int) -> Mapping[str, Any]:
    to = {"address": "127.0.0.1", "port": target}
    return {
        "apiVersion": f"{_GROUP}/v1alpha1",
        "kind": POD_FORWARD,
        "metadata": {"name": pod},
        "spec": {"forwards": [{"ports": list(ports), "target": to}]},
    }


def _rank(component: str) -> int:
    return CONTRACTS.index(component) if component in CONTRACTS else 0
