"""Certificates are kept while they last, and issued again when they do not."""

from __future__ import annotations

import datetime
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from promoter.platform import certificates
from promoter.platform.certificates import Authority, Credentials, KeyPair


def server(authority: Authority) -> KeyPair:
    return authority.issue(
        "server", "server", group="system:nodes", hosts=("127.0.0.1", "localhost")
    )


def read(pair: KeyPair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def subject(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """Return every common name and every organization."""
    values = [
        [str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)]
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    ]
    return values[0], values[1]


def test_a_server_certificate_names_its_user_group_and_hosts(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    certificate = read(server(authority))
    assert subject(certificate) == (["server"], ["system:nodes"])
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    certificate.verify_directly_issued_by(read(authority.pair))


def test_a_client_certificate_has_its_own_group_only_and_names_no_host(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path)
    administrator = read(credentials.administrator)
    assert subject(administrator) == (["platform-administrator"], ["system:masters"])
    # Kubernetes takes every organization as a group: no other client may be an administrator.
    assert subject(read(credentials.kubelet_client))[1] == ["promoter-platform"]
    names = administrator.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["administrator.invalid"]
    assert names.get_values_for_type(x509.IPAddress) == []
    uses = administrator.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.CLIENT_AUTH in uses


def test_only_the_owner_reads_the_keys(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path)
    assert credentials.service_accounts == Credentials(tmp_path).service_accounts
    pairs = (credentials.administrator, credentials.service_accounts, credentials.cluster.pair)
    keys = [pair.key for pair in pairs]
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_a_certificate_that_lasts_is_kept(tmp_path: Path) -> None:
    first = read(server(Authority(tmp_path, "ca")))
    assert read(server(Authority(tmp_path, "ca"))) == first


def test_the_authority_and_keys_of_an_earlier_version_are_kept(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "promoter platform cluster-ca")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "cluster-ca.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "cluster-ca.key").write_bytes(pem)
    for file in ("service-accounts.key", "service-accounts.pub"):
        (tmp_path / file).write_bytes(pem)
    credentials = Credentials(tmp_path)
    read(credentials.administrator).verify_directly_issued_by(certificate)
    assert read(credentials.cluster.pair) == certificate
    assert credentials.service_accounts.key.read_bytes() == pem


def test_a_certificate_about_to_expire_is_renewed_and_its_authority_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, "ca")
    with monkeypatch.context() as short:
        short.setattr(certificates, "_LEAF_DAYS", 29)
        first, root = read(server(authority)), read(authority.pair)
    second = read(server(authority))
    assert second.serial_number != first.serial_number
    assert read(authority.pair) == root


@pytest.mark.parametrize("lost", ["ca.key", "ca.crt", "server.key"])
def test_a_lost_or_replaced_file_is_created_again(tmp_path: Path, lost: str) -> None:
    authority = Authority(tmp_path, "ca")
    first = read(server(authority))
    (tmp_path / lost).unlink()
    second = read(server(authority))
    assert second.serial_number != first.serial_number
    second.verify_directly_issued_by(read(authority.pair))
