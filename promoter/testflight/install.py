"""Install the chart under test: verify that it stays in its namespace, then run Helm by pyhelm3."""

import asyncio
import json
import logging
import os
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyhelm3  # type: ignore[import-untyped]
import yaml
from pyhelm3 import Client, Command
from pyhelm3.command import SafeLoader  # type: ignore[import-untyped]
from pyhelm3.errors import Error as PyhelmError  # type: ignore[import-untyped]

from promoter.common.text import redact, telling_lines
from promoter.programs.command import cluster_environment
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
        client = Client(_ExecCommand(self.helm, self.kubectl.kubeconfig), executable=str(self.helm))
        await client.install_or_upgrade_release(
            RELEASE,
            await client.get_chart(self.chart),
            dict(self.values),
            namespace=self.kubectl.namespace,
            create_namespace=False,
            timeout=f"{seconds}s",
            wait=True,
        )


# Its only message is Helm's whole command line, printed where no handler is installed.
logging.getLogger(pyhelm3.__name__).addHandler(logging.NullHandler())


class _ExecCommand(Command):  # type: ignore[misc]
    """Runs Helm by the shell builtin ``exec``.

    pyhelm3 starts Helm by a shell, and terminates only that shell when it is cancelled. Without
    ``exec`` some shells (dash) stay Helm's parent, and Helm would run until its own timeout.
    """

    def __init__(self, helm: Path, kubeconfig: Path | None) -> None:
        super().__init__(executable="exec", kubeconfig=kubeconfig)
        self.helm, self.kubeconfig = str(helm), kubeconfig

    async def run(self, command: list[str], input: bytes | None = None) -> bytes:  # noqa: A002
        # pyhelm3 passes its own environment on.
        dropped = os.environ.keys() - cluster_environment(self.kubeconfig).keys()
        unset = [flag for name in sorted(dropped) for flag in ("-u", name)]
        return bytes(await super().run(["env", *unset, self.helm, *command], input))

    def client_version(self) -> Any:
        # pyhelm3 does not query it through `run`.
        return Command(executable=self.helm).client_version()


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
