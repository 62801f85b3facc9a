"""Asks and tells the API server, as its administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from promoter.common.errors import PlatformError
from promoter.platform.kubeconfig import Access

KWOK_USER = "system:kwok"
NODES = ("simulated-1", "simulated-2")
NODE_ANNOTATION = "kwok.x-k8s.io/node"
POD_FORWARD = "PortForward"
"""A kind of kwok's: which process on this machine answers for one pod, named as the pod."""
_SECONDS = 10.0
_KWOK = "kwok.x-k8s.io"
_RBAC = "/apis/rbac.authorization.k8s.io/v1"


@dataclass(frozen=True)
class ClusterAdmin:
    """The API server at ``access``."""

    access: Access

    def missing(self) -> str:
        """What a first pod still waits for, in words; empty when nothing."""
        try:
            with self._client() as client:
                missing = [name for name in NODES if not _schedulable(client, name)]
                if missing:
                    return f"node {missing[0]} to become ready"
                if not client.get("/api/v1/namespaces/default/serviceaccounts/default").is_success:
                    return "the default service account"
        except httpx.HTTPError as error:
            return f"the API server ({error})"
        return ""

    def prepare(self) -> None:
        """Tell it of the simulated nodes, and of what kwok may do; raises `PlatformError`."""
        with self._client() as client:
            for path, body in _objects():
                _apply(client, path, body)

    def _client(self) -> httpx.Client:
        # trust_env: a proxy for the outside world has no business on loopback.
        return httpx.Client(
            base_url=self.access.server,
            verify=self.access.ssl_context(),
            timeout=_SECONDS,
            trust_env=False,
        )


def _schedulable(client: httpx.Client, name: str) -> bool:
    answer = client.get(f"/api/v1/nodes/{name}")
    if not answer.is_success:
        return False
    node = answer.json()
    conditions = node.get("status", {}).get("conditions", [])
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and not node["spec"].get("taints")


def _apply(client: httpx.Client, path: str, body: Mapping[str, Any]) -> None:
    """Server-side apply: makes the object, or what we say of it so."""
    try:
        answer = client.patch(
            path,
            params={"fieldManager": "promoter-platform", "force": "true"},
            json=body,
            headers={"Content-Type": "application/apply-patch+yaml"},
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise PlatformError(f"apply {path}: {error}") from error


def _objects() -> list[tuple[str, dict[str, Any]]]:
    nodes = [(f"/api/v1/nodes/{name}", _node(name)) for name in NODES]
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    return [
        (f"{definitions}/portforwards.{_KWOK}", _pod_forwards()),
        (f"{_RBAC}/clusterroles/{KWOK_USER}", _role()),
        (f"{_RBAC}/clusterrolebindings/{KWOK_USER}", _binding()),
        *nodes,
    ]


def _node(name: str) -> dict[str, Any]:
    """A node without a status: kwok's stages give it one."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {NODE_ANNOTATION: "fake"},
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
            },
        },
    }


def _role() -> dict[str, Any]:
    """What kwok needs to play kubelet, as its own manifests list it, less its CRDs."""
    watch = ["get", "list", "watch"]

    def rule(group: str, resources: list[str], verbs: list[str]) -> dict[str, Any]:
        return {"apiGroups": [group], "resources": resources, "verbs": verbs}

    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": KWOK_USER},
        "rules": [
            rule("", ["nodes"], watch),
            rule("", ["nodes/status", "pods/status"], ["patch", "update"]),
            rule("", ["pods"], [*watch, "patch", "update", "delete"]),
            rule("", ["events"], [*watch, "create", "patch", "update"]),
            rule(_KWOK, ["portforwards"], watch),
            rule("coordination.k8s.io", ["leases"], [*watch, "create", "patch", "update"]),
        ],
    }


def _pod_forwards() -> dict[str, Any]:
    """The definition of kwok's PortForward: an object in a pod's namespace, read as it changes."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": anything}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"portforwards.{_KWOK}"},
        "spec": {
            "group": _KWOK,
            "scope": "Namespaced",
            "names": {
                "kind": POD_FORWARD,
                "listKind": f"{POD_FORWARD}List",
                "plural": "portforwards",
                "singular": "portforward",
            },
            "versions": [version],
        },
    }


def _binding() -> dict[str, Any]:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": KWOK_USER},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": KWOK_USER},
        "subjects": [{"apiGroup": group, "kind": "User", "name": KWOK_USER}],
    }
