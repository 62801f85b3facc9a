"""The platform's own certificate authorities and what they sign.

Two authorities, so that a client certificate for the API server is worth nothing to etcd.
All keys are P-256: made in a millisecond. Private keys are readable by their owner only.
"""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from promoter.common.files import write_atomically

_AUTHORITY_DAYS = 3650
_LEAF_DAYS = 365
_RENEW_DAYS = 30
_BACKDATED = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Subject:
    """Whom a certificate is for: a user (and its groups) to the API server, or names to dial."""

    name: str
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the platform's own, kept as ``<folder>/<name>.{crt,key}``."""

    folder: Path
    name: str

    @property
    def pair(self) -> KeyPair:
        """The authority's own certificate and key."""
        return KeyPair(self.folder / f"{self.name}.crt", self.folder / f"{self.name}.key")

    def ensure(self) -> KeyPair:
        """Make the authority unless it is there and not about to expire."""
        if not _usable(self.pair, None):
            key = ec.generate_private_key(ec.SECP256R1())
            subject = _name(Subject(f"promoter platform {self.name}"))
            builder = _builder(subject, subject, key, _AUTHORITY_DAYS).add_extension(
                x509.BasicConstraints(ca=True, path_length=0), critical=True
            )
            usage = _usage(signs_certificates=True)
            _write(self.pair, key, builder.add_extension(usage, critical=True).sign(key, _HASH))
        return self.pair

    def issue(self, file: str, subject: Subject) -> KeyPair:
        """``<folder>/<file>.{crt,key}`` for ``subject``, renewed before it expires."""
        pair = KeyPair(self.folder / f"{file}.crt", self.folder / f"{file}.key")
        authority = self.ensure()
        if not _usable(pair, authority):
            issuer = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
            signer = serialization.load_pem_private_key(authority.key.read_bytes(), None)
            assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101 - made above
            key = ec.generate_private_key(ec.SECP256R1())
            builder = _builder(_name(subject), issuer.subject, key, _LEAF_DAYS)
            for extension, critical in _leaf_extensions(subject, issuer):
                builder = builder.add_extension(extension, critical=critical)
            _write(pair, key, builder.sign(signer, _HASH))
        return pair


def ensure_signing_key(folder: Path, name: str) -> KeyPair:
    """A key pair without a certificate, for service account tokens (public key, private key)."""
    pair = KeyPair(folder / f"{name}.pub", folder / f"{name}.key")
    if not (pair.certificate.is_file() and pair.key.is_file()):
        key = ec.generate_private_key(ec.SECP256R1())
        write_atomically(pair.key, _private_pem(key), 0o600)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        write_atomically(pair.certificate, public, 0o644)
    return pair


_HASH = hashes.SHA256()


def _usable(pair: KeyPair, issuer: KeyPair | None) -> bool:
    """Whether ``pair`` is there, signed by ``issuer`` (itself if None) and lasts a while."""
    try:
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        by = (issuer or pair).certificate
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(by.read_bytes()))
        key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    except Exception:  # whatever is wrong with it, a new one is made
        return False
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left.days >= _RENEW_DAYS and key.public_key() == certificate.public_key()


def _name(subject: Subject) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in subject.groups]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, subject.name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leaf_extensions(
    subject: Subject, issuer: x509.Certificate
) -> list[tuple[x509.ExtensionType, bool]]:
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH]
    extensions: list[tuple[x509.ExtensionType, bool]] = []
    if subject.hosts:
        uses.append(ExtendedKeyUsageOID.SERVER_AUTH)
        names = [_general_name(host) for host in subject.hosts]
        extensions.append((x509.SubjectAlternativeName(names), False))
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return [
        *extensions,
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage(uses), False),
        (authority, False),
    ]


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(pair: KeyPair, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    write_atomically(pair.key, _private_pem(key), 0o600)
    write_atomically(pair.certificate, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
