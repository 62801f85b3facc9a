"""Install the chart under test: verify that it stays in its namespace, then run Helm by pyhelm3."""

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import semver
import yaml
from pyhelm3 import Client, Command  # type: ignore[import-untyped]
from pyhelm3.command import SafeLoader  # type: ignore[import-untyped]
from pyhelm3.errors import Error as PyhelmError  # type: ignore[import-untyped]

from promoter.common.child import child
from promoter.common.signals import INTERRUPTS
from promoter.common.text import redact, telling_lines
from promoter.programs.command import cluster_environment, run_program
from promoter.programs.helm import Helm, HelmError
from promoter.programs.kubectl import Kubectl
from promoter.testflight.result import TestflightError

RELEASE = "lana-bank"
INSTALL_SECONDS = 900
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class ChartInstaller:
    """Installs ``chart`` with ``values`` in the namespace of ``kubectl``; ``helm`` is a program."""

    helm: Path
    kubectl: Kubectl
    chart: Path
    values: Mapping[str, Any]

    def require_namespaced(self) -> None:
        """Raise `TestflightError` if an object of the chart is outside of the namespace.

        ``crds/`` is rendered too: Helm installs its objects and never removes them again.
        """
        namespace = self.kubectl.namespace
        output = self.kubectl.run("api-resources", "--namespaced=false", "--no-headers")
        # NAME SHORTNAMES APIVERSION NAMESPACED KIND; SHORTNAMES is empty for most.
        rows = [line.split() for line in output.splitlines() if len(line.split()) >= 4]
        cluster_kinds = {(_group(row[-3]), row[-1]) for row in rows}
        for each in _objects(self._render()):
            kind, metadata = each.get("kind", ""), each.get("metadata") or {}
            elsewhere = metadata.get("namespace") not in (None, "", namespace)
            if elsewhere or (_group(str(each.get("apiVersion", ""))), kind) in cluster_kinds:
                scope = f"in namespace {metadata['namespace']}" if elsewhere else "cluster-scoped"
                raise TestflightError(
                    f"install {RELEASE} in {namespace}: {kind} {metadata.get('name')} is {scope}",
                    next_step="keep every object of the chart in its namespace: a testflight "
                    "leaves nothing behind",
                )

    def install(self, seconds: int, unreachable: threading.Event) -> None:
        """Install the chart and wait up to ``seconds`` until it is available.

        Raises `TestflightError` if that fails, or once ``unreachable`` is set.
        """
        try:
            with INTERRUPTS.held_back():  # asyncio would log one that is raised in a task.
                asyncio.run(_cancel_when(unreachable, self._install(seconds)))
        except PyhelmError as error:
            raise _failure("install", str(error)) from error

    def _render(self) -> Iterable[Any]:
        helm, namespace = Helm(self.helm, self.kubectl.kubeconfig), self.kubectl.namespace
        values = (json.dumps(self.values),)
        try:
            rendered = helm.template(RELEASE, self.chart, namespace, values, "--include-crds")
            return list(yaml.load_all(rendered, Loader=SafeLoader))
        except HelmError as error:
            raise _failure("render", error.cause) from error
        except yaml.YAMLError as error:
            raise _failure("render", str(error)) from error

    async def _install(self, seconds: int) -> None:
        client = Client(_HelmCommand(self.helm, self.kubectl.kubeconfig), executable=str(self.helm))
        await client.install_or_upgrade_release(
            RELEASE,
            await client.get_chart(self.chart),
            dict(self.values),
            namespace=self.kubectl.namespace,
            create_namespace=False,
            timeout=f"{seconds}s",
            wait=True,
        )


class _HelmCommand(Command):  # type: ignore[misc]
    """Helm as every child of promoter; pyhelm3 would start it in the caller's process group."""

    def __init__(self, helm: Path, kubeconfig: Path | None) -> None:
        super().__init__()
        self.helm, self.environment = helm, cluster_environment(kubeconfig)

    async def run(self, command: list[str], input: bytes | None = None) -> bytes:  # noqa: A002
        """Return its standard output; raise pyhelm3's error. Kill it when it is cancelled."""
        argv, own = [str(self.helm), *map(str, command)], self.environment
        with child(argv, env=own, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
            written, failed = await asyncio.to_thread(process.communicate, input)
        if process.returncode != 0:
            raise PyhelmError(process.returncode, written, failed)
        return bytes(written)

    def client_version(self) -> semver.Version:
        """Return Helm's version, which pyhelm3 does not query through `run`."""
        argv = [str(self.helm), "version", "--template={{ .Version }}"]
        done = run_program(argv, environment=self.environment)
        return semver.Version.parse(done.stdout.removeprefix("v"))


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _objects(rendered: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the rendered objects, those of a List one by one as Helm installs them."""
    for each in rendered:
        if isinstance(each, Mapping):
            items = each.get("items") if str(each.get("kind", "")).endswith("List") else None
            yield from _objects(items) if isinstance(items, list) else (each,)


async def _cancel_when(unreachable: threading.Event, work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_POLL_SECONDS)
        if unreachable.is_set() and not task.done():
            task.cancel()
            await asyncio.wait({task})
            raise TestflightError(f"install {RELEASE}: the cluster does not respond any more")
    await task


def _failure(action: str, message: str) -> TestflightError:
    lines = telling_lines(message.strip().splitlines())
    return TestflightError(f"{action} {RELEASE}: {redact(' '.join('; '.join(lines).split()))}")
