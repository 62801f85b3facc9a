"""The parts of the platform: how each is started, and when it is ready."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from promoter.common.files import write_atomically
from promoter.common.ports import HOST, SERVICE_RANGE
from promoter.platform.cluster import KWOK_USER, NODE_ANNOTATION, POD_FORWARD
from promoter.platform.kubeconfig import Access
from promoter.platform.layout import Layout
from promoter.platform.record import Forward

if TYPE_CHECKING:
    from promoter.platform.credentials import Credentials

# The order in which they are started.
PARTS = (
    "registry",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
)
PORTS = (
    "etcd",
    "etcd-peer",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "registry",
)
_PROBE_SECONDS = 5.0


@dataclass(frozen=True)
class Part:
    """One process of the platform.

    ``ready`` asks it whether it serves; ``ports`` are the names (of `PORTS`) it listens on,
    the first being the one that it is known by.
    """

    name: str
    argv: tuple[str, ...]
    ports: tuple[str, ...]
    ready: Callable[[], bool]

    @property
    def fingerprint(self) -> str:
        """Changes with the command line and with every file that it names."""
        digest = hashlib.sha256()
        for argument in self.argv:
            digest.update(argument.encode() + b"\0")
            file = Path(argument.rpartition("=")[2])
            if file.is_absolute() and file.is_file() and argument != self.argv[0]:
                digest.update(file.read_bytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Parts:
    """All parts of the platform in ``layout``, listening on ``ports``, run from ``programs``."""

    layout: Layout
    credentials: Credentials
    ports: Mapping[str, int]
    programs: Callable[[str], Path]
    forwards: tuple[Forward, ...] = ()

    @property
    def access(self) -> Access:
        """The API server, as its administrator."""
        c = self.credentials
        return Access(self._url("kube-apiserver"), c.cluster.pair.certificate, c.administrator)

    def registry(self) -> Part:
        """The OCI registry. Plain HTTP: clients take that from loopback addresses only."""
        port = self.ports["registry"]
        argv = (
            str(self.programs("registry")),
            f"-address={HOST}:{port}",
            f"-folder={self.layout.images}",
        )
        url = f"http://{HOST}:{port}/v2/"
        return Part("registry", argv, ("registry",), lambda: _answers(url, None))

    def etcd(self) -> Part:
        """Etcd, one member, TLS with client certificates on both of its ports."""
        c, url = self.credentials, self._url("etcd")
        peer, authority = self._url("etcd-peer"), c.etcd.pair.certificate
        server = c.etcd_server
        argv = (
            str(self.programs("etcd")),
            "--name=platform",
            f"--data-dir={self.layout.etcd_data}",
            f"--listen-client-urls={url}",
            f"--advertise-client-urls={url}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=platform={peer}",
            "--client-cert-auth=true",
            f"--trusted-ca-file={authority}",
            f"--cert-file={server.certificate}",
            f"--key-file={server.key}",
            "--peer-client-cert-auth=true",
            f"--peer-trusted-ca-file={authority}",
            f"--peer-cert-file={server.certificate}",
            f"--peer-key-file={server.key}",
            "--auto-compaction-retention=1",
            "--log-level=warn",
        )
        tls = Access(url, authority, c.etcd_client).ssl_context()
        return Part("etcd", argv, ("etcd", "etcd-peer"), lambda: _answers(f"{url}/health", tls))

    def api_server(self) -> Part:
        """The API server: RBAC, service account tokens, kubelets verified."""
        c, port, url = self.credentials, self.ports["kube-apiserver"], self._url("kube-apiserver")
        cluster, accounts = c.cluster.pair.certificate, c.service_accounts
        argv = (
            str(self.programs("kube-apiserver")),
            f"--etcd-servers={self._url('etcd')}",
            f"--etcd-cafile={c.etcd.pair.certificate}",
            f"--etcd-certfile={c.etcd_client.certificate}",
            f"--etcd-keyfile={c.etcd_client.key}",
            f"--bind-address={HOST}",
            f"--advertise-address={HOST}",
            f"--secure-port={port}",
            # An endpoint may not be a loopback address, so `kubernetes` gets none.
            "--endpoint-reconciler-type=none",
            f"--tls-cert-file={c.api_server.certificate}",
            f"--tls-private-key-file={c.api_server.key}",
            f"--client-ca-file={cluster}",
            f"--kubelet-certificate-authority={cluster}",
            f"--kubelet-client-certificate={c.kubelet_client.certificate}",
            f"--kubelet-client-key={c.kubelet_client.key}",
            "--kubelet-preferred-address-types=InternalIP",
            "--authorization-mode=Node,RBAC",
            "--anonymous-auth=false",
            "--allow-privileged=true",
            f"--service-cluster-ip-range={SERVICE_RANGE}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={accounts.certificate}",
            f"--service-account-signing-key-file={accounts.key}",
            "--profiling=false",
        )
        tls = self.access.ssl_context()
        return Part(
            "kube-apiserver", argv, ("kube-apiserver",), lambda: _answers(f"{url}/readyz", tls)
        )

    def controllers(self) -> tuple[Part, ...]:
        """Everything that is a client of the API server."""
        return (self._controller_manager(), self._scheduler(), self._kwok())

    def _controller_manager(self) -> Part:
        c, name = self.credentials, "kube-controller-manager"
        authority = c.cluster.pair
        return self._component(
            name,
            f"--root-ca-file={authority.certificate}",
            f"--service-account-private-key-file={c.service_accounts.key}",
            f"--cluster-signing-cert-file={authority.certificate}",
            f"--cluster-signing-key-file={authority.key}",
            "--use-service-account-credentials=true",
            # It makes this folder; the default is one of the machine's.
            f"--flex-volume-plugin-dir={self.layout.config('volume-plugins')}",
        )

    def _scheduler(self) -> Part:
        return self._component("kube-scheduler")

    def _component(self, name: str, *more: str) -> Part:
        """One of the two that share their flags."""
        own = self.credentials.component(name)
        argv = (
            str(self.programs(name)),
            f"--kubeconfig={self._kubeconfig(name)}",
            f"--bind-address={HOST}",
            f"--secure-port={self.ports[name]}",
            f"--tls-cert-file={own.certificate}",
            f"--tls-private-key-file={own.key}",
            # There is one of each, so it need not wait for the lease of a killed one.
            "--leader-elect=false",
            # The default of 20 requests a second makes the first start take 5 s longer.
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--profiling=false",
            *more,
        )
        return Part(name, argv, (name,), self._healthy(name))

    def _kwok(self) -> Part:
        """Plays kubelet for the simulated nodes, port-forward included."""
        name = KWOK_USER.partition(":")[2]
        own, port = self.credentials.component(name), self.ports[name]
        stages = self.layout.config("kwok.yaml")
        documents = [files(__package__).joinpath("stages.yaml").read_text(encoding="utf-8")]
        documents += [json.dumps(_port_forward(forward)) for forward in self.forwards]
        write_atomically(stages, "\n---\n".join(documents).encode(), 0o600)
        argv = (
            str(self.programs(name)),
            f"--kubeconfig={self._kubeconfig(name)}",
            f"--config={stages}",
            f"--enable-crds={POD_FORWARD}",
            "--manage-all-nodes=false",
            f"--manage-nodes-with-annotation-selector={NODE_ANNOTATION}=fake",
            "--cidr=10.1.0.1/16",
            f"--node-ip={HOST}",
            f"--node-port={port}",
            f"--server-address={HOST}:{port}",
            f"--tls-cert-file={own.certificate}",
            f"--tls-private-key-file={own.key}",
        )
        return Part(name, argv, (name,), self._healthy(name))

    def _kubeconfig(self, name: str) -> Path:
        """A kubeconfig with which the part ``name`` is the user ``system:<name>``."""
        file = self.layout.config(f"{name}.kubeconfig")
        authority = self.credentials.cluster.pair.certificate
        access = Access(self._url("kube-apiserver"), authority, self.credentials.component(name))
        access.write_kubeconfig(file)
        return file

    def _healthy(self, name: str) -> Callable[[], bool]:
        tls = self.access.ssl_context()
        return lambda: _answers(f"{self._url(name)}/healthz", tls)

    def _url(self, port: str) -> str:
        return f"https://{HOST}:{self.ports[port]}"


def _port_forward(forward: Forward) -> dict[str, object]:
    """What kwok is told of ``forward`` (kwok's API ``ClusterPortForward``)."""
    target = {"address": HOST, "port": forward.target}
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterPortForward",
        "metadata": {"name": f"{forward.namespace}-{forward.port}"},
        "spec": {
            "selector": {"matchNamespaces": [forward.namespace]},
            "forwards": [{"ports": [forward.port], "target": target}],
        },
    }


def _answers(url: str, tls: ssl.SSLContext | None) -> bool:
    try:
        # Without TLS there is nothing to verify, and loading the system's authorities is slow.
        with httpx.Client(verify=tls or False, timeout=_PROBE_SECONDS, trust_env=False) as client:
            return client.get(url).is_success
    except httpx.HTTPError:
        return False
