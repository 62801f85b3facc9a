"""Commits and files signed with SSH keys, and who signed them (ssh-keygen(1))."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from promoter.common.child import run_child
from promoter.common.environment import GIT, child_environment
from promoter.common.errors import GitError
from promoter.git.repository import Git

_ONLY_SSH = (
    "gpg.ssh.program=ssh-keygen",
    *(f"gpg.{kind}.program=false" for kind in ("openpgp", "x509")),
)

_CONFIGURE = "git config gpg.format ssh; git config user.signingkey <file>.pub"

NAMESPACE = "promoter"
"""The namespace of signed files; git's own of signed commits is ``git``."""


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
    return bool(signing_key(git))


def signing_key(git: Git) -> str:
    """Return the key that git signs with, "" unless that is an SSH key."""
    found = git.configs("gpg.format", "user.signingkey")
    return found.get("user.signingkey", "") if found.get("gpg.format") == "ssh" else ""


def listed_keys(allowed: bytes | None) -> list[str]:
    """Return the lines of an allowed-signers file that name a key; none for no file."""
    lines = (allowed or b"").decode(errors="replace").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def names_in_namespace(allowed: bytes, namespace: str) -> frozenset[str]:
    """Return the names of an allowed-signers file whose key may sign in ``namespace``."""
    found: set[str] = set()
    for line in listed_keys(allowed):
        names, _, rest = line.partition(" ")
        given = re.match(r'(?:[^"]|"[^"]*")*?\bnamespaces="([^"]*)"', rest)
        patterns = given[1].split(",") if given else ["*"]
        if any(fnmatchcase(namespace, pattern) for pattern in patterns):
            found.update(names.split(","))
    return frozenset(found)


def read_signature(git: Git, commit: str, allowed: bytes) -> Signature:
    """Return the signature of ``commit``, checked against the allowed signers ``allowed``."""
    return next(iter(read_signatures(git, [commit], allowed).values()))


def read_signatures(git: Git, commits: Iterable[str], allowed: bytes) -> dict[str, Signature]:
    """Return the signature of each of ``commits`` by its id, all of them read by one git."""
    with tempfile.NamedTemporaryFile(suffix=".allowed_signers") as file:
        Path(file.name).write_bytes(allowed)
        # Only signatures of SSH keys count, whatever keyring and programs are configured here.
        settings = (f"gpg.ssh.allowedSignersFile={file.name}", *_ONLY_SSH)
        options = [word for setting in settings for word in ("-c", setting)]
        fields = ("%H", "%G?", "%GS", "%an <%ae>", "%aI", "%(trailers:key=Reason,valueonly)")
        shown = ("--no-walk=unsorted", "-z", f"--format={'%x00'.join(fields)}", "--stdin")
        output = git.output(*options, "log", *shown, stdin="\n".join(commits).encode())
    words = output.decode(errors="surrogateescape").split("\0")
    size = len(fields)
    return dict(_signature(words[at : at + size]) for at in range(0, len(words) - 1, size))


def _signature(fields: Sequence[str]) -> tuple[str, Signature]:
    commit, good, signer, author, at, reason = fields
    found = Signature(signer if good == "G" else None, author, at, " ".join(reason.split()))
    return commit, found


def sign_file(git: Git, content: bytes) -> bytes:
    """Return the signature of ``content`` by the key that git signs with; raise `GitError`."""
    if not (key := signing_key(git)):
        raise GitError("sign: git has no SSH key to sign with", next_step=_CONFIGURE)
    literal = key.removeprefix("key::")
    with tempfile.TemporaryDirectory() as folder:
        if literal.startswith(("ssh-", "ecdsa-", "sk-")):
            public = Path(folder, "key.pub")
            public.write_text(f"{literal}\n", encoding="utf-8")
            key = str(public)
        options = ("-Y", "sign", "-n", NAMESPACE, "-f", str(Path(key).expanduser()))
        done = _keygen(git.dir, *options, stdin=content)
    if done.returncode != 0:
        cause = done.stderr.decode(errors="replace").strip()
        raise GitError(f"sign with {key}: {cause}", next_step=_CONFIGURE)
    return done.stdout


def signers(content: bytes, signature: bytes, allowed: bytes, at: datetime) -> tuple[str, ...]:
    """Return the names of ``allowed`` whose key, valid at ``at``, made the signature; else none."""
    moment = f"verify-time={at.astimezone(UTC):%Y%m%d%H%M%S}"
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "allowed"), Path(folder, "signature")
        for file, text in zip(files, (allowed, signature), strict=True):
            file.write_bytes(text)
        common = ("-O", moment, "-f", str(files[0]), "-s", str(files[1]))
        found = _keygen(Path(folder), "-Y", "find-principals", *common)
        names = found.stdout.decode(errors="replace").replace(",", "\n").splitlines()
        verify = ("-Y", "verify", "-n", NAMESPACE, *common)
        return tuple(
            name
            for name in names
            if _keygen(Path(folder), *verify, "-I", name, stdin=content).returncode == 0
        )


def _keygen(
    folder: Path, *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    # ssh-keygen reads a time without a zone as local time.
    environment = {**child_environment(GIT), "LC_ALL": "C", "TZ": "UTC"}
    try:
        argv = ["ssh-keygen", *arguments]
        return run_child(argv, stdin=stdin, cwd=folder, env=environment)
    except FileNotFoundError as error:
        raise GitError(
            "run ssh-keygen: it is not on PATH", next_step="install OpenSSH 8.9 or newer"
        ) from error
