"""Certificates of the embedded platform: its two authorities and everything they sign.

The authorities differ, so that etcd rejects a client certificate for the API server.
trustme makes P-256 keys within a millisecond; only their owner may read them. Each certificate
is for servers and clients alike, so that of a client names no host: it cannot impersonate a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from promoter.common.files import write_atomically
from promoter.common.ports import FIRST_SERVICE, HOST

_LEAF_DAYS = 365
_RENEW_DAYS = 30
_ORGANIZATION = "promoter-platform"
_LOCAL = (HOST, "localhost")


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path

    def write(self, certificate: bytes, key: bytes) -> None:
        """Write both files; only their owner may read the key."""
        write_atomically(self.key, key, 0o600)
        write_atomically(self.certificate, certificate, 0o644)

    def usable(self, issuer: KeyPair) -> bool:
        """Return True if the pair is complete, signed by ``issuer``, and far from its end."""
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate.read_bytes())
            authority = x509.load_pem_x509_certificate(issuer.certificate.read_bytes())
            certificate.verify_directly_issued_by(authority)
            key = serialization.load_pem_private_key(self.key.read_bytes(), None)
        except Exception:  # whatever the damage, the pair is issued again
            return False
        left = certificate.not_valid_after_utc - datetime.now(UTC)
        return left.days >= _RENEW_DAYS and key.public_key() == certificate.public_key()


@dataclass(frozen=True)
class Authority:
    """A certificate authority, kept as ``<folder>/<name>.{crt,key}``."""

    folder: Path
    name: str

    @property
    def pair(self) -> KeyPair:
        """The authority's own certificate and key, created unless a usable pair exists."""
        pair = self._pair(self.name)
        if not pair.usable(pair):
            authority = trustme.CA(
                path_length=0, organization_name=_ORGANIZATION, organization_unit_name=self.name
            )
            pair.write(authority.cert_pem.bytes(), authority.private_key_pem.bytes())
        return pair

    def issue(self, file: str, name: str, *, group: str = "", hosts: Sequence[str] = ()) -> KeyPair:
        """Return ``<folder>/<file>.{crt,key}``, issued unless a usable pair exists.

        To Kubernetes, the common name is the user and the organization its group. A server's
        certificate names the ``hosts`` that it is reached by.
        """
        pair, authority = self._pair(file), self.pair
        if not pair.usable(authority):
            pem = (authority.certificate.read_bytes(), authority.key.read_bytes())
            issued = trustme.CA.from_pem(*pem).issue_cert(
                # Go rejects a certificate without any name: trustme marks the names as critical.
                *(hosts or [f"{file}.invalid"]),
                common_name=name,
                organization_name=group or _ORGANIZATION,
                organization_unit_name=self.name,
                not_after=datetime.now(UTC) + timedelta(days=_LEAF_DAYS),
            )
            pair.write(issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes())
        return pair

    def _pair(self, file: str) -> KeyPair:
        return KeyPair(self.folder / f"{file}.crt", self.folder / f"{file}.key")


@dataclass(frozen=True)
class Credentials:
    """Certificates and keys in ``folder`` that the parts of the platform present to each other."""

    folder: Path

    @cached_property
    def cluster(self) -> Authority:
        """The authority of the API server and its clients."""
        return Authority(self.folder, "cluster-ca")

    @cached_property
    def etcd(self) -> Authority:
        """The authority of etcd and its only client, the API server."""
        return Authority(self.folder, "etcd-ca")

    @cached_property
    def etcd_server(self) -> KeyPair:
        """The certificate of etcd for its clients and peers."""
        return self.etcd.issue("etcd", "etcd", hosts=_LOCAL)

    @cached_property
    def etcd_client(self) -> KeyPair:
        """The certificate of the API server as a client of etcd."""
        return self.etcd.issue("apiserver-to-etcd", "kube-apiserver")

    @cached_property
    def api_server(self) -> KeyPair:
        """The certificate of the API server for its clients."""
        domains = ("", ".default", ".default.svc", ".default.svc.cluster.local")
        hosts = (*_LOCAL, FIRST_SERVICE, *(f"kubernetes{domain}" for domain in domains))
        return self.cluster.issue("apiserver", "kube-apiserver", hosts=hosts)

    @cached_property
    def kubelet_client(self) -> KeyPair:
        """The certificate of the API server as a client of (simulated) kubelets."""
        return self.cluster.issue("apiserver-to-kubelet", "kube-apiserver-kubelet-client")

    @cached_property
    def administrator(self) -> KeyPair:
        """The administrator of the cluster, a member of system:masters."""
        return self.cluster.issue("administrator", "platform-administrator", group="system:masters")

    def component(self, name: str) -> KeyPair:
        """Return the pair of the user ``system:<name>``, which also serves on loopback."""
        return self.cluster.issue(name, f"system:{name}", hosts=_LOCAL)

    @cached_property
    def service_accounts(self) -> KeyPair:
        """The key that service account tokens are signed with, and its public key."""
        pair = KeyPair(self.folder / "service-accounts.pub", self.folder / "service-accounts.key")
        if not (pair.certificate.is_file() and pair.key.is_file()):
            key = trustme.CA().private_key_pem.bytes()  # only the key: tokens need no certificate
            public = serialization.load_pem_private_key(key, None).public_key()
            pem, info = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            pair.write(public.public_bytes(pem, info), key)
        return pair
