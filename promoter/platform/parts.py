"""The parts of the platform: the command line of each, and its readiness probe."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from promoter.common.files import write_atomically
from promoter.common.http import HttpClient
from promoter.common.ports import HOST, SERVICE_RANGE
from promoter.platform.cluster import NODE_ANNOTATION, POD_FORWARD, ServerAccess, apply_nodes
from promoter.platform.layout import Layout

if TYPE_CHECKING:
    from promoter.platform.certificates import Credentials

_PROBE_SECONDS = 5.0


@dataclass(frozen=True)
class Part:
    """One process of the platform; ``probe`` is the URL that answers once it is ready.

    ``admit`` is called with False before it is started, and with True once it is ready.
    """

    name: str
    argv: tuple[str, ...]
    probe: str
    tls: ssl.SSLContext | None
    admit: Callable[[bool], None] = lambda _: None

    @property
    def fingerprint(self) -> str:
        """A hash of the command line and of every file that it names."""
        digest = hashlib.sha256()
        for argument in self.argv:
            digest.update(argument.encode() + b"\0")
            file = Path(argument.rpartition("=")[2])
            if file.is_absolute() and file.is_file() and argument != self.argv[0]:
                digest.update(file.read_bytes())
        return digest.hexdigest()

    def ready(self) -> bool:
        """Return True if the part serves."""
        try:
            # Without TLS nothing is verified, and loading the authorities of the system is slow.
            verify = self.tls or False
            with HttpClient(_PROBE_SECONDS, verify=verify, trust_env=False) as client:
                return client.get(self.probe).is_success
        except httpx.HTTPError:
            return False


@dataclass(frozen=True)
class Parts:
    """All parts of the platform in ``layout``, listening on ``ports``, run from ``programs``."""

    layout: Layout
    credentials: Credentials
    ports: Mapping[str, int]
    programs: Mapping[str, Path]

    @property
    def access(self) -> ServerAccess:
        """The API server, as its administrator."""
        url, authority = self._url("kube-apiserver"), self.credentials.cluster.pair
        return ServerAccess(url, authority.certificate, self.credentials.administrator)

    def registry(self) -> Part:
        """Return the OCI registry. Plain HTTP: clients accept it on loopback addresses only."""
        address = f"{HOST}:{self.ports['registry']}"
        return self._part(
            "registry",
            f"-address={address}",
            f"-folder={self.layout.folder / 'registry'}",
            probe=f"http://{address}/v2/",
        )

    def etcd(self) -> Part:
        """Return etcd: one member, TLS with client certificates on both of its ports."""
        c, url, peer = self.credentials, self._url("etcd"), self._url("etcd-peer")
        authority, server = c.etcd.pair.certificate, c.etcd_server
        return self._part(
            "etcd",
            "--name=platform",
            f"--data-dir={self.layout.folder / 'etcd'}",
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
            probe=f"{url}/health",
            tls=ServerAccess(url, authority, c.etcd_client).ssl_context(),
        )

    def api_server(self) -> Part:
        """Return the API server: RBAC, service account tokens, kubelets verified."""
        c, name = self.credentials, "kube-apiserver"
        cluster, accounts = c.cluster.pair.certificate, c.service_accounts
        return self._part(
            name,
            f"--etcd-servers={self._url('etcd')}",
            f"--etcd-cafile={c.etcd.pair.certificate}",
            f"--etcd-certfile={c.etcd_client.certificate}",
            f"--etcd-keyfile={c.etcd_client.key}",
            f"--bind-address={HOST}",
            f"--advertise-address={HOST}",
            f"--secure-port={self.ports[name]}",
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
            probe=f"{self._url(name)}/readyz",
            tls=self.access.ssl_context(),
        )

    def controllers(self) -> tuple[Part, ...]:
        """Return the clients of the API server."""
        authority = self.credentials.cluster.pair
        manager = self._kubernetes_controller(
            "kube-controller-manager",
            f"--root-ca-file={authority.certificate}",
            f"--service-account-private-key-file={self.credentials.service_accounts.key}",
            f"--cluster-signing-cert-file={authority.certificate}",
            f"--cluster-signing-key-file={authority.key}",
            "--use-service-account-credentials=true",
            # It creates this folder; the default is outside of the platform's folder.
            f"--flex-volume-plugin-dir={self.layout.config('volume-plugins')}",
        )
        return manager, self._kubernetes_controller("kube-scheduler"), self._kwok()

    def _kubernetes_controller(self, name: str, *flags: str) -> Part:
        return self._controller(
            name,
            f"--bind-address={HOST}",
            f"--secure-port={self.ports[name]}",
            # Only one of each runs, so it need not wait for the lease of a killed one.
            "--leader-elect=false",
            # The default of 20 requests per second makes the first start take 5 s longer.
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--profiling=false",
            *flags,
        )

    def _kwok(self) -> Part:
        """Return kwok, which simulates a kubelet for the simulated nodes, port-forward included.

        It manages no node before its server is ready: docs/traps.md, "concurrent map writes".
        """
        port, stages = self.ports["kwok"], self.layout.config("kwok.yaml")
        write_atomically(stages, files(__package__).joinpath("stages.yaml").read_bytes(), 0o600)
        part = self._controller(
            "kwok",
            f"--config={stages}",
            f"--enable-crds={POD_FORWARD}",
            "--manage-all-nodes=false",
            f"--manage-nodes-with-annotation-selector={NODE_ANNOTATION}=fake",
            "--cidr=10.1.0.1/16",
            f"--node-ip={HOST}",
            f"--node-port={port}",
            f"--server-address={HOST}:{port}",
        )
        return replace(part, admit=lambda ready: apply_nodes(self.access, managed=ready))

    def _controller(self, name: str, *flags: str) -> Part:
        """Return the part that is the user ``system:<name>`` and serves with its certificate."""
        own, kubeconfig = self.credentials.component(name), self.layout.config(f"{name}.kubeconfig")
        replace(self.access, client=own).write_kubeconfig(kubeconfig)
        return self._part(
            name,
            f"--kubeconfig={kubeconfig}",
            f"--tls-cert-file={own.certificate}",
            f"--tls-private-key-file={own.key}",
            *flags,
            probe=f"{self._url(name)}/healthz",
            tls=self.access.ssl_context(),
        )

    def _part(self, name: str, *flags: str, probe: str, tls: ssl.SSLContext | None = None) -> Part:
        return Part(name, (str(self.programs[name]), *flags), probe, tls)

    def _url(self, port: str) -> str:
        return f"https://{HOST}:{self.ports[port]}"
