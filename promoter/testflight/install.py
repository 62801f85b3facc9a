"""Helm installs the chart, through pyhelm3."""

from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pyhelm3 import Client, Command  # type: ignore[import-untyped]
from pyhelm3.errors import Error as HelmError  # type: ignore[import-untyped]

from promoter.common.text import redact
from promoter.programs.kubectl import Kubectl
from promoter.testflight.errors import TestflightError

T = TypeVar("T")

RELEASE = "lana-bank"
INSTALL_SECONDS = 900
_LONGEST = 600
_LOOK_SECONDS = 0.5

Kinds = frozenset[tuple[str, str]]
"""Kinds of objects by their API group (empty: Kubernetes' own) and name."""


def cluster_scoped(kubectl: Kubectl) -> Kinds:
    """The kinds that have no namespace in the cluster, those of its own definitions among them."""
    told = kubectl.run("api-resources", "--namespaced=false", "--no-headers")
    rows = [line.split() for line in told.splitlines()]
    # NAME SHORTNAMES APIVERSION NAMESPACED KIND, the second mostly empty.
    return frozenset((_group(row[-3]), row[-1]) for row in rows if len(row) >= 4)


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


@dataclass(frozen=True)
class ChartInstaller:
    """The Helm program ``binary`` on the cluster that ``kubeconfig`` names."""

    binary: Path
    kubeconfig: Path | None

    def check(self, chart: Path, values: Mapping[str, Any], namespace: str, wide: Kinds) -> None:
        """Render the chart; raises `TestflightError` where it reaches out of ``namespace``.

        ``wide`` are the kinds that no namespace has. What ``crds/`` holds is rendered too: Helm
        installs it, and never removes it again.
        """
        for each in _objects(_done("render", self._rendered(chart, values, namespace))):
            kind, metadata = each.get("kind", ""), each.get("metadata") or {}
            elsewhere = metadata.get("namespace") not in (None, "", namespace)
            if elsewhere or (_group(str(each.get("apiVersion", ""))), kind) in wide:
                where = f"in namespace {metadata['namespace']}" if elsewhere else "of the cluster"
                raise TestflightError(
                    f"install {RELEASE} in {namespace}: {kind} {metadata.get('name')} is {where}",
                    next_step="a testflight leaves nothing behind, so its chart stays inside "
                    "its namespace",
                )

    def install(
        self,
        chart: Path,
        values: Mapping[str, Any],
        namespace: str,
        seconds: int,
        lost: threading.Event,
    ) -> None:
        """Install the chart and wait until it is available; raises `TestflightError`.

        Also once ``lost`` is set, which says that the cluster went away.
        """
        _done("install", _unless(lost, self._installed(chart, values, namespace, seconds)))

    async def _rendered(
        self, chart: Path, values: Mapping[str, Any], namespace: str
    ) -> list[Mapping[str, Any]]:
        client = self._client()
        found = await client.template_resources(
            await client.get_chart(chart),
            RELEASE,
            dict(values),
            namespace=namespace,
            include_crds=True,
        )
        return list(found)

    async def _installed(
        self, chart: Path, values: Mapping[str, Any], namespace: str, seconds: int
    ) -> None:
        client = self._client()
        await client.install_or_upgrade_release(
            RELEASE,
            await client.get_chart(chart),
            dict(values),
            namespace=namespace,
            create_namespace=False,
            timeout=f"{seconds}s",
            wait=True,
        )

    def _client(self) -> Any:
        binary = str(self.binary)
        return Client(_Exec(executable=binary, kubeconfig=self.kubeconfig), executable=binary)


class _Exec(Command):  # type: ignore[misc]
    """Helm in the place of the shell that pyhelm3 has it started by.

    pyhelm3 ends that shell when it is cancelled. Where the shell is not Helm by then (dash keeps
    waiting for its command), Helm would go on, and we wait for it, until its own timeout.
    """

    async def run(self, command: list[str], input: bytes | None = None) -> bytes:  # noqa: A002
        """Standard output of ``helm <command>``."""
        replacing = copy.copy(self)
        replacing._executable = "exec"
        return bytes(await super(_Exec, replacing).run([self._executable, *command], input))


def _objects(rendered: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """The objects that are rendered, those of a List one by one as Helm takes them."""
    for each in rendered:
        if isinstance(each, Mapping):
            items = each.get("items") if str(each.get("kind", "")).endswith("List") else None
            yield from _objects(items) if isinstance(items, list) else (each,)


async def _unless(lost: threading.Event, work: Coroutine[Any, Any, None]) -> None:
    """``work``, ended early when ``lost`` is set."""
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait({task}, timeout=_LOOK_SECONDS)
        if lost.is_set() and not task.done():
            task.cancel()
            await asyncio.wait({task})
            raise TestflightError(f"install {RELEASE}: the cluster does not answer any more")
    await task


def _done(verb: str, work: Coroutine[Any, Any, T]) -> T:
    """The outcome of ``work``; interrupted, Helm is ended before this returns."""
    try:
        return asyncio.run(work)
    except HelmError as error:
        cause = redact(" ".join(str(error).split()))[-_LONGEST:]
        raise TestflightError(f"{verb} {RELEASE}: {cause}") from error
