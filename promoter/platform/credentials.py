"""Every certificate that the parts of the platform present to each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from promoter.common.ports import FIRST_SERVICE, HOST
from promoter.platform.certificates import (
    Authority,
    KeyPair,
    Subject,
    ensure_signing_key,
)
from promoter.platform.layout import Layout

_LOCAL = (HOST, "localhost")
_API_NAMES = tuple(
    f"kubernetes{suffix}"
    for suffix in ("", ".default", ".default.svc", ".default.svc.cluster.local")
)


@dataclass(frozen=True)
class Credentials:
    """Certificates and keys below the platform's ``pki`` folder, made when first asked for."""

    layout: Layout

    @cached_property
    def cluster(self) -> Authority:
        """Signs what the API server and its clients present."""
        return Authority(self.layout.pki, "cluster-ca")

    @cached_property
    def etcd(self) -> Authority:
        """Signs what etcd and its one client, the API server, present."""
        return Authority(self.layout.pki, "etcd-ca")

    @cached_property
    def etcd_server(self) -> KeyPair:
        """Etcd to its clients and its peers."""
        return self.etcd.issue("etcd", Subject("etcd", hosts=_LOCAL))

    @cached_property
    def etcd_client(self) -> KeyPair:
        """The API server to etcd."""
        return self.etcd.issue("apiserver-to-etcd", Subject("kube-apiserver"))

    @cached_property
    def api_server(self) -> KeyPair:
        """The API server to everybody."""
        hosts = (*_LOCAL, FIRST_SERVICE, *_API_NAMES)
        return self.cluster.issue("apiserver", Subject("kube-apiserver", hosts=hosts))

    @cached_property
    def kubelet_client(self) -> KeyPair:
        """The API server to (simulated) kubelets."""
        return self.cluster.issue("apiserver-to-kubelet", Subject("kube-apiserver-kubelet-client"))

    @cached_property
    def administrator(self) -> KeyPair:
        """The user of the platform: may do everything."""
        subject = Subject("platform-administrator", groups=("system:masters",))
        return self.cluster.issue("administrator", subject)

    def component(self, name: str) -> KeyPair:
        """The part ``name`` as the user ``system:<name>``, and as a server on loopback."""
        return self.cluster.issue(name, Subject(f"system:{name}", hosts=_LOCAL))

    @cached_property
    def service_accounts(self) -> KeyPair:
        """What service account tokens are verified and signed with."""
        return ensure_signing_key(self.layout.pki, "service-accounts")
