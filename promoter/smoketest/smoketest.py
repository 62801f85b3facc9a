"""The smoketest: check every declared endpoint of one installation through the API server."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from promoter.common.errors import PromoterError
from promoter.common.http import HttpClient
from promoter.common.progress import Progress, Silent
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import configured_mirrors
from promoter.smoketest.checks import UnexpectedResponse, check, send
from promoter.smoketest.endpoints import Endpoint, read_endpoints
from promoter.smoketest.forwards import Forwards
from promoter.smoketest.installation import Installation, Pod, read_installation
from promoter.smoketest.report import Report, Result, SmoketestFailed
from promoter.smoketest.simulated_pods import PodServers, SimulatedPods
from promoter.synthesis.stack import Target
from promoter.toolchain import Toolchain

_WORKERS = 8
_CLIENT = "internal-service-account"


@dataclass(frozen=True)
class SmoketestTarget:
    """A cluster and programs; ``registry`` (``host:port``) has the images of simulated pods."""

    kubeconfig: Path | None
    toolchain: Toolchain
    registry: str = ""
    progress: Progress = field(default_factory=Silent)

    @classmethod
    def on(cls, target: Target, toolchain: Toolchain, progress: Progress) -> SmoketestTarget:
        """Return it for ``target``, with the mirror of gcr.io or else the platform's registry."""
        running = Platform(target.local / "platform", toolchain).running()
        mirror = configured_mirrors().get("gcr.io", "")
        registry = mirror or (running.registry if running else "")
        return cls(target.kubeconfig, toolchain, registry, progress)

    def build_programs(self, *others: str) -> None:
        """Build what is missing of ``others`` and of a smoketest's programs, by one build."""
        simulated = ("crane",) if self.registry else ()
        self.toolchain.programs(("kubectl", "helm", *simulated, *others))

    @property
    def kubectl(self) -> Kubectl:
        """Kubectl on that cluster."""
        return Kubectl(self.toolchain.program("kubectl"), self.kubeconfig)


def require_smoketest(
    release: str, namespace: str, target: SmoketestTarget, endpoints: Sequence[Endpoint] = ()
) -> Report:
    """Return the report of `run_smoketest`; raise `SmoketestFailed` if an endpoint failed."""
    report = run_smoketest(release, namespace, target, endpoints)
    for line in (*report.passed_lines(), report.summary()):
        target.progress.note(f"smoketest {namespace}: {line}")
    if report.failed:
        raise SmoketestFailed(
            f"smoketest {namespace}/{release}: {'; '.join(report.failures)}",
            report,
            next_step=f"kubectl -n {namespace} get pods, and docs/testflight.md",
        )
    return report


def run_smoketest(
    release: str, namespace: str, target: SmoketestTarget, endpoints: Sequence[Endpoint] = ()
) -> Report:
    """Check ``endpoints``, by default the packaged ones, of ``release`` and return all results."""
    declared = endpoints or read_endpoints()
    toolchain, progress = target.toolchain, target.progress
    kubectl = target.kubectl.within(namespace)
    installation = read_installation(kubectl, release, toolchain.program("helm"))
    components = {each.component for each in declared if installation.has(each.part)}
    pods = SimulatedPods(kubectl, installation.pods, target.registry, toolchain, progress)
    with (
        pods.serve(components) as servers,
        progress.task(f"smoketest {namespace}/{release}"),
        ExitStack() as stack,
        ThreadPoolExecutor(_WORKERS) as pool,
    ):
        checker = _Checker(kubectl, installation, servers, Forwards(kubectl, stack))
        results = tuple(pool.map(checker.result, declared))
    return Report(release, namespace, results, servers.programs)


@dataclass(frozen=True)
class _Checker:
    kubectl: Kubectl
    installation: Installation
    servers: PodServers
    forwards: Forwards

    def result(self, endpoint: Endpoint) -> Result:
        if not self.installation.has(endpoint.part):
            reason = f"{endpoint.part} is not installed"
            return Result(endpoint.name, "not installed", reason, 0, 0.0, endpoint.part)
        try:
            pod = self._pod(endpoint)
        except UnexpectedResponse as error:
            return Result(endpoint.name, "failed", str(error), 0, 0.0, endpoint.part)
        program = self.servers.programs.get(endpoint.component)
        fake = program is not None and program.fake
        return check(endpoint, lambda: self._attempt(endpoint, pod), fake=fake)

    def _pod(self, endpoint: Endpoint) -> Pod:
        """Return the pod to send the request to; raise `UnexpectedResponse` if none can answer."""
        if failure := self.servers.failures.get(endpoint.component):
            raise UnexpectedResponse(failure)
        pod = self.installation.pod(endpoint.component)
        if pod is None:
            raise UnexpectedResponse(f"component {endpoint.component} has no running pod")
        if endpoint.port not in pod.ports:
            raise UnexpectedResponse(f"pod {pod.name} has no port named {endpoint.port}")
        return pod

    def _attempt(self, endpoint: Endpoint, pod: Pod) -> None:
        request = endpoint.request
        domain = str(self.installation.values.get("global", {}).get("lanaDomain", ""))
        headers = {key: text.replace("{domain}", domain) for key, text in request.headers.items()}
        try:
            if request.token:
                headers["Authorization"] = f"Bearer {self._token(endpoint)}"
            with self.forwards.address(pod.name, pod.ports[endpoint.port]) as address:
                send(endpoint, f"http://{address}", headers)
        except PromoterError as error:
            raise UnexpectedResponse(str(error)) from error

    def _token(self, endpoint: Endpoint) -> str:
        """Return an access token of the realm's service account from the installed Keycloak."""
        keycloak = self.installation.pod("keycloak")
        if keycloak is None:
            raise UnexpectedResponse("component keycloak, which issues tokens, has no running pod")
        realm = endpoint.request.token
        secret = self.kubectl.secret_value("lana-bank", f"keycloak-{realm}-client-secret")
        form = {"grant_type": "client_credentials", "client_id": _CLIENT, "client_secret": secret}
        with self.forwards.address(keycloak.name, keycloak.ports["http"]) as address:
            try:
                url = f"http://{address}/realms/{realm}/protocol/openid-connect/token"
                with HttpClient(endpoint.timeout, trust_env=False, verify=False) as client:
                    response = client.post(url, data=form)
                return str(response.raise_for_status().json()["access_token"])
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise UnexpectedResponse(f"Keycloak issued no token: {error}") from error
