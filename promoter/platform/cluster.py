"""The API server of the embedded platform: access to it, and the objects it starts with."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from promoter.common.errors import PlatformError
from promoter.common.files import write_atomically
from promoter.common.http import HttpClient

if TYPE_CHECKING:
    from promoter.platform.certificates import KeyPair

NODE_ANNOTATION = "kwok.x-k8s.io/node"
POD_FORWARD = "PortForward"
"""The kind in which kwok is configured to forward the ports of the pod of the same name."""
_NODES = ("simulated-1", "simulated-2")
_CONTEXT = "promoter-platform"
_SECONDS = 10.0
_FORCED = {"fieldManager": "promoter-platform", "force": "true"}
_SERVER_SIDE_APPLY = {"Content-Type": "application/apply-patch+yaml"}


@dataclass(frozen=True)
class ServerAccess:
    """A server's URL, the authority that signed its certificate, and the client's own pair."""

    url: str
    authority: Path
    client: KeyPair

    def write_kubeconfig(self, file: Path) -> None:
        """Write a self-contained kubeconfig that only its owner may read (0600)."""
        cluster = {"server": self.url, "certificate-authority-data": _encoded(self.authority)}
        user = {
            "client-certificate-data": _encoded(self.client.certificate),
            "client-key-data": _encoded(self.client.key),
        }
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": _CONTEXT,
            "clusters": [{"name": _CONTEXT, "cluster": cluster}],
            "users": [{"name": _CONTEXT, "user": user}],
            "contexts": [{"name": _CONTEXT, "context": {"cluster": _CONTEXT, "user": _CONTEXT}}],
        }
        # JSON is YAML, and needs no quoting rules.
        write_atomically(file, json.dumps(kubeconfig, indent=1).encode() + b"\n", 0o600)

    def ssl_context(self) -> ssl.SSLContext:
        """Return TLS that trusts only the authority and presents the client's certificate."""
        context = ssl.create_default_context(cafile=str(self.authority))
        context.load_cert_chain(self.client.certificate, self.client.key)
        return context


def bootstrap(access: ServerAccess) -> None:
    """Create the objects of bootstrap.yaml or correct our fields; raises `PlatformError`."""
    manifests = files(__package__).joinpath("bootstrap.yaml").read_bytes()
    _apply(access, yaml.safe_load_all(manifests))


def apply_nodes(access: ServerAccess, *, managed: bool) -> None:
    """Create the simulated nodes or correct our fields; kwok only sees those that are ``managed``.

    They have no status: kwok's stages give them one. Raises `PlatformError`.
    """
    annotations = {NODE_ANNOTATION: "fake"} if managed else {}
    _apply(access, (_node(name, annotations) for name in _NODES))


def _node(name: str, annotations: Mapping[str, str]) -> Mapping[str, Any]:
    labels = {"hostname": name, "os": "linux", "arch": "amd64"}
    metadata = {
        "name": name,
        "annotations": annotations,
        "labels": {f"kubernetes.io/{key}": value for key, value in labels.items()},
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata}


def _apply(access: ServerAccess, documents: Iterable[Mapping[str, Any]]) -> None:
    with _client(access) as client:
        for document in documents:
            version, kind = document["apiVersion"], document["kind"].lower()
            # Each of these kinds has a regular plural.
            collection = f"/{'apis' if '/' in version else 'api'}/{version}/{kind}s"
            path = f"{collection}/{document['metadata']['name']}"
            try:
                response = client.patch(
                    path, params=_FORCED, json=document, headers=_SERVER_SIDE_APPLY
                )
                response.raise_for_status()
            except httpx.HTTPError as error:
                raise PlatformError(f"apply {path}: {error}") from error


def missing(access: ServerAccess) -> str:
    """Return the first thing that a pod would still wait for, empty if nothing is missing."""
    try:
        with _client(access) as client:
            for name in _NODES:
                if not _schedulable(client.get(f"/api/v1/nodes/{name}")):
                    return f"node {name} to become ready"
            if not client.get("/api/v1/namespaces/default/serviceaccounts/default").is_success:
                return "the default service account"
    except httpx.HTTPError as error:
        return f"the API server ({error})"
    return ""


def _schedulable(response: httpx.Response) -> bool:
    node = response.json() if response.is_success else {}
    conditions = node.get("status", {}).get("conditions", [])
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and not node["spec"].get("taints")


def _client(access: ServerAccess) -> HttpClient:
    # trust_env: a proxy for the outside world has no business on loopback.
    tls = access.ssl_context()
    return HttpClient(_SECONDS, base_url=access.url, verify=tls, trust_env=False)


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
