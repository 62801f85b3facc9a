"""Signatures of commits, checked against a list of allowed signers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from promoter.git import Git
from promoter.git.signing import can_sign, read_signature


@pytest.fixture
def key(remote: Git, tmp_path: Path) -> str:
    """Make ``remote`` sign with a new key; return its public part."""
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True)
    remote.text("config", "gpg.format", "ssh")
    remote.text("config", "user.signingkey", f"{file}.pub")
    return file.with_suffix(".pub").read_text()


def test_a_signature_names_the_allowed_signer(remote: Git, key: str) -> None:
    commit = remote.commit_files(
        None, {"a": b"1"}, "feat: a\n\nReason: because\n it is needed\n", sign=True
    )
    found = read_signature(remote, commit, f'ann@bank.example namespaces="git" {key}'.encode())
    assert (found.signer, found.author) == ("ann@bank.example", "somebody <somebody@localhost>")
    assert found.reason == "because it is needed"


def test_an_unlisted_key_signs_for_nobody(remote: Git, key: str) -> None:
    commit = remote.commit_files(None, {"a": b"1"}, "feat: a", sign=True)
    assert read_signature(remote, commit, b"").signer is None


def test_an_unsigned_commit_has_no_signer(remote: Git, key: str) -> None:
    commit = remote.commit_files(None, {"a": b"1"}, "feat: a")
    assert read_signature(remote, commit, f"ann@bank.example {key}".encode()).signer is None


def test_a_key_is_needed_to_sign(remote: Git, request: pytest.FixtureRequest) -> None:
    assert not can_sign(remote)
    request.getfixturevalue("key")
    assert can_sign(remote)
