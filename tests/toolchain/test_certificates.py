"""Certificates are kept while they last, and made anew when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509

from promoter.platform import certificates
from promoter.platform.certificates import Authority, KeyPair, Subject

SERVER = Subject("server", groups=("system:nodes",), hosts=("127.0.0.1", "localhost"))


def read(pair: KeyPair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def test_what_is_issued_names_whom_it_is_for(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "ca")
    certificate = read(authority.issue("server", SERVER))
    assert certificate.subject.rfc4514_string() == "CN=server,O=system:nodes"
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    certificate.verify_directly_issued_by(read(authority.pair))


def test_a_certificate_that_lasts_is_kept(tmp_path: Path) -> None:
    first = read(Authority(tmp_path, "ca").issue("server", SERVER))
    assert read(Authority(tmp_path, "ca").issue("server", SERVER)) == first


def test_a_certificate_about_to_expire_is_renewed_and_its_authority_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, "ca")
    with monkeypatch.context() as short:
        short.setattr(certificates, "_LEAF_DAYS", 29)
        first, root = read(authority.issue("server", SERVER)), read(authority.pair)
    second = read(authority.issue("server", SERVER))
    assert second.serial_number != first.serial_number
    assert read(authority.pair) == root


@pytest.mark.parametrize("lost", ["ca.key", "ca.crt", "server.key"])
def test_what_was_lost_or_replaced_is_made_anew(tmp_path: Path, lost: str) -> None:
    authority = Authority(tmp_path, "ca")
    first = read(authority.issue("server", SERVER))
    (tmp_path / lost).unlink()
    second = read(authority.issue("server", SERVER))
    assert second.serial_number != first.serial_number
    second.verify_directly_issued_by(read(authority.pair))
