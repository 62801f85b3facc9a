"""Commits signed with SSH keys, and who signed them (ssh-keygen(1), "ALLOWED SIGNERS")."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from promoter.git.repository import Git

_ONLY_SSH = (
    "gpg.ssh.program=ssh-keygen",
    *(f"gpg.{kind}.program=false" for kind in ("openpgp", "x509")),
)


@dataclass(frozen=True)
class Signature:
    """The signature of one commit.

    ``signer`` is the allowed signer's name, None where the commit has no good signature of
    one. ``author`` is what the commit claims (``name <mail>``), ``at`` the author's time in
    ISO 8601, and ``reason`` the commit's trailer ``Reason`` on one line.
    """

    signer: str | None
    author: str
    at: str
    reason: str


def can_sign(git: Git) -> bool:
    """Return whether git is configured to sign with an SSH key."""
    return git.config("gpg.format") == "ssh" and git.config("user.signingkey") is not None


def listed_keys(allowed: bytes | None) -> list[str]:
    """Return the lines of an allowed-signers file that name a key; none for no file."""
    lines = (allowed or b"").decode(errors="replace").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def read_signature(git: Git, commit: str, allowed: bytes) -> Signature:
    """Return the signature of ``commit``, checked against the allowed signers ``allowed``."""
    with tempfile.NamedTemporaryFile(suffix=".allowed_signers") as file:
        Path(file.name).write_bytes(allowed)
        # Only signatures of SSH keys count, whatever keyring and programs are configured here.
        settings = (f"gpg.ssh.allowedSignersFile={file.name}", *_ONLY_SSH)
        options = [word for setting in settings for word in ("-c", setting)]
        fields = "%G?%x00%GS%x00%an <%ae>%x00%aI%x00%(trailers:key=Reason,valueonly)"
        output = git.text(*options, "log", "-1", f"--format={fields}", commit)
    good, signer, author, at, reason = output.split("\0")
    return Signature(signer if good == "G" else None, author, at, " ".join(reason.split()))
