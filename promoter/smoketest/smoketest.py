"""The smoketest: every declared endpoint of one installation, asked through the API server."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress, Silent
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.smoketest.checks import Unexpected, ask, until_it_answers
from promoter.smoketest.endpoints import Endpoint, declared
from promoter.smoketest.errors import SmoketestFailed
from promoter.smoketest.installation import Installed, Pod, read_installed
from promoter.smoketest.pod_processes import PodProcesses
from promoter.smoketest.port_forward import Forwarder
from promoter.smoketest.report import Outcome, Report, Result
from promoter.synthesis.stack import Stack
from promoter.toolchain import Toolchain
from promoter.vendoring.registry import MIRROR_VARIABLE, mirrors

_AT_ONCE = 4
_CLIENT = "internal-service-account"


@dataclass(frozen=True)
class SmoketestTarget:
    """Where a smoketest looks: the cluster, the programs, and (host:port) the images' registry.

    ``registry`` matters for simulated pods only: their stand-ins are pulled from it.
    """

    kubeconfig: Path | None
    toolchain: Toolchain
    registry: str = ""
    progress: Progress = field(default_factory=Silent)

    @property
    def kubectl(self) -> Kubectl:
        """Kubectl on that cluster."""
        return Kubectl(self.toolchain.program("kubectl"), self.kubeconfig)


def place_of_stack(stack: Stack) -> SmoketestTarget:
    """Where the smoketest of a deploy looks: the cluster that ``stack`` went to."""
    platform = Platform(stack.target.local / "platform", stack.toolchain)
    return SmoketestTarget(
        stack.target.kubeconfig, stack.toolchain, registry_of(platform), stack.progress
    )


def registry_of(platform: Platform) -> str:
    """The registry (host:port) in which stand-ins' images are looked up.

    The one that PROMOTER_REGISTRY_MIRROR gives for gcr.io, else the platform's, else none.
    """
    mirrored = mirrors(os.environ.get(MIRROR_VARIABLE, "")).get("gcr.io", "")
    running = platform.running()
    return mirrored or (running.registry if running else "")


def smoketest(
    release: str,
    namespace: str,
    place: SmoketestTarget,
    endpoints: Sequence[Endpoint] | None = None,
) -> Report:
    """Ask every endpoint of ``release`` in ``namespace``; the report when all answer.

    Endpoints of parts that are not installed are reported as that. Raises `SmoketestFailed`,
    whose ``report`` has all results, when one does not answer as declared.
    """
    report = examined(release, namespace, place, endpoints)
    for line in report.lines():
        place.progress.note(f"smoketest {namespace}: {line}")
    if report.failed:
        raise SmoketestFailed(
            f"smoketest {namespace}/{release}: "
            + "; ".join(f"{each.endpoint}: {each.detail}" for each in report.failed),
            report,
            next_step=f"kubectl -n {namespace} get pods, and docs/testflight.md",
        )
    return report


def examined(
    release: str,
    namespace: str,
    place: SmoketestTarget,
    endpoints: Sequence[Endpoint] | None = None,
) -> Report:
    """As `smoketest`, but failures are only in the report."""
    asked = declared() if endpoints is None else tuple(endpoints)
    program = place.toolchain.program
    kubectl = place.kubectl.within(namespace)
    installed = read_installed(kubectl, release, helm=program("helm"))
    needed = [each for each in asked if installed.has(each.part)]
    stand_ins = PodProcesses(kubectl, installed, place.registry, place.toolchain, place.progress)
    components = frozenset(each.component for each in needed)
    with stand_ins.running(components) as answering:
        asking = _Asking(kubectl, installed, Forwarder(kubectl), answering.failures)
        with (
            place.progress.task(f"smoketest {namespace}/{release}"),
            ThreadPoolExecutor(_AT_ONCE) as pool,
        ):
            results = tuple(pool.map(asking.result, asked))
    return Report(release, namespace, results, answering.sources)


@dataclass(frozen=True)
class _Asking:
    kubectl: Kubectl
    installed: Installed
    forwarder: Forwarder
    failures: Mapping[str, str]

    def result(self, endpoint: Endpoint) -> Result:
        if not self.installed.has(endpoint.part):
            reason = f"{endpoint.part} is not installed here"
            return Result(endpoint.name, "not installed", reason, 0, 0.0, endpoint.part)
        problem = self._problem(endpoint)
        if problem:
            return Result(endpoint.name, "failed", problem, 0, 0.0, endpoint.part)
        worked, detail, attempts, seconds = until_it_answers(endpoint, self._attempt(endpoint))
        outcome: Outcome = "passed" if worked else "failed"
        taken = round(seconds, 3)
        return Result(endpoint.name, outcome, detail, attempts, taken, endpoint.part)

    def _problem(self, endpoint: Endpoint) -> str:
        """Why there is nothing to ask at all."""
        if endpoint.component in self.failures:
            return self.failures[endpoint.component]
        pod = self.installed.pod(endpoint.component)
        if pod is None:
            return f"component {endpoint.component} has no running pod"
        if endpoint.port not in pod.ports:
            return f"pod {pod.name} has no port called {endpoint.port}"
        return ""

    def _attempt(self, endpoint: Endpoint) -> Callable[[], None]:
        pod = self.installed.pod(endpoint.component)
        assert pod is not None  # noqa: S101 - `_problem` has looked

        def attempt() -> None:
            try:
                headers = self._headers(endpoint)
                with self.forwarder.open(pod.name, pod.ports[endpoint.port]) as address:
                    ask(endpoint, f"http://{address}", headers)
            except PromoterError as error:
                raise Unexpected(str(error)) from error

        return attempt

    def _headers(self, endpoint: Endpoint) -> Mapping[str, str]:
        given = {
            name: value.replace("{domain}", self.installed.domain)
            for name, value in endpoint.request.headers.items()
        }
        if endpoint.request.token:
            given["Authorization"] = f"Bearer {self._token(endpoint)}"
        return given

    def _token(self, endpoint: Endpoint) -> str:
        """An access token of the realm's service account, from the Keycloak installed here."""
        keycloak: Pod | None = self.installed.pod("keycloak")
        if keycloak is None:
            raise Unexpected("component keycloak, which gives tokens, has no running pod")
        realm = endpoint.request.token
        key = f"keycloak-{realm}-client-secret"
        secret = self.kubectl.secret_value("lana-bank", key)
        form = {"grant_type": "client_credentials", "client_id": _CLIENT, "client_secret": secret}
        with self.forwarder.open(keycloak.name, keycloak.ports["http"]) as address:
            try:
                answer = httpx.post(
                    f"http://{address}/realms/{realm}/protocol/openid-connect/token",
                    data=form,
                    timeout=endpoint.timeout,
                    trust_env=False,
                )
                return str(answer.raise_for_status().json()["access_token"])
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise Unexpected(f"Keycloak gave no token: {error}") from error
