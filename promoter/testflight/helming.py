"""Helm installs the chart, through pyhelm3."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pyhelm3 import Client  # type: ignore[import-untyped]
from pyhelm3.errors import Error as HelmError  # type: ignore[import-untyped]

from promoter.deploy.evidence import redact
from promoter.testflight.errors import TestflightError

T = TypeVar("T")

RELEASE = "lana-bank"
INSTALL_SECONDS = 900
_LONGEST = 600
_LOOK_SECONDS = 0.5

# What has no namespace in Kubernetes' own groups (kubectl api-resources --namespaced=false).
_CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)


@dataclass(frozen=True)
class Helm:
    """The Helm program ``binary`` on the cluster that ``kubeconfig`` names."""

    binary: Path
    kubeconfig: Path | None

    def check(self, chart: Path, values: Mapping[str, Any], namespace: str) -> None:
        """Render the chart; raises `TestflightError` where it reaches out of ``namespace``."""
        for each in _done("render", self._rendered(chart, values, namespace)):
            kind, metadata = each.get("kind", ""), each.get("metadata", {})
            elsewhere = metadata.get("namespace") not in (None, namespace)
            if kind in _CLUSTER_SCOPED or elsewhere:
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
            await client.get_chart(chart), RELEASE, dict(values), namespace=namespace
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
        return Client(executable=str(self.binary), kubeconfig=self.kubeconfig)


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
