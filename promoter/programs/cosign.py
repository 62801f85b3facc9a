"""Signatures and attestations of images by cosign, with a key: a file or a KMS reference.

They are stored next to the image as OCI referrers. No transparency log is written: whoever
trusts the key trusts what it signed, also without a network.
"""

import base64
import binascii
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.child import run_child
from promoter.common.environment import REGISTRY, child_environment
from promoter.common.errors import PromoterError, RegistryError, UsageError
from promoter.common.text import redact

_SECONDS = 120
_REFERENCE = re.compile(r"[a-z0-9]+:")
"""The start of a reference to a KMS or a token, not a file."""
_SIGN_FLAGS = ("--tlog-upload=false", "--use-signing-config=false", "--yes")


class VerificationError(PromoterError):
    """An image lacks a signature or an attestation by the key that is trusted."""


@dataclass(frozen=True)
class Cosign:
    """Signs with ``key`` and verifies with ``public_key``; images are given by their digest.

    Without ``public_key`` a KMS reference verifies too, and a file ``x.key`` with its public half:
    ``x.pub`` next to it, or what cosign reads from the key. ``program`` is cosign's path. The
    password of a key file is read from COSIGN_PASSWORD, as cosign itself does (unset: none).
    """

    program: Path
    key: str = ""
    public_key: str = ""

    def sign(self, reference: str) -> None:
        """Sign the image ``reference``; raises `RegistryError`, `VerificationError` without key."""
        self._write("sign", reference, reference)

    def attest(self, reference: str, kind: str, predicate: str) -> None:
        """Attach the JSON ``predicate`` of type ``kind`` (like ``cyclonedx``); raises as `sign`."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "predicate.json"
            file.write_text(predicate)
            predicate_file = ("--predicate", str(file), reference)
            self._write("attest", reference, "--type", kind, *predicate_file)

    def sign_statement(self, statement: str) -> bytes:
        """Return the DSSE envelope of an in-toto statement (JSON); raises as `sign`."""
        with tempfile.TemporaryDirectory() as folder:
            file, bundle = Path(folder) / "statement.json", Path(folder) / "bundle.json"
            file.write_text(statement)
            arguments = ("--statement", str(file), "--bundle", str(bundle))
            self._write("attest-blob", "the statement", *arguments)
            envelope = json.loads(bundle.read_bytes())["dsseEnvelope"]
        return (json.dumps(envelope) + "\n").encode()

    def verify(self, reference: str) -> None:
        """Raise `VerificationError` unless the key signed the image ``reference``."""
        self._check("verify", reference)

    def verify_attestation(self, reference: str, kind: str) -> list[dict[str, Any]]:
        """Return the signed predicates of ``kind``; raises `VerificationError` without one."""
        output = self._check("verify-attestation", reference, "--type", kind)
        predicates = [_predicate(line) for line in output.splitlines() if line.strip()]
        if not predicates:
            raise VerificationError(f"verify {reference}: it has no {kind} attestation")
        return predicates

    def _write(self, verb: str, subject: str, *arguments: str) -> None:
        if not self.key:
            raise VerificationError(f"{verb} {subject}: no key to sign with")
        _require_key(self.key, "--key or COSIGN_KEY")
        done = _run(self.program, verb, "--key", self.key, *_SIGN_FLAGS, *arguments)
        if done.returncode != 0:
            raise RegistryError(
                f"{verb} {subject}: {_last_line(done.stderr)}",
                next_step="check the key, its password (COSIGN_PASSWORD) and the registry",
            )

    def _check(self, verb: str, reference: str, *arguments: str) -> str:
        with self._verifier() as key:
            flags = ("--key", key, "--insecure-ignore-tlog=true")
            done = _run(self.program, verb, *flags, *arguments, reference)
        if done.returncode != 0:
            raise VerificationError(f"{verb} {reference}: {_last_line(done.stderr)}")
        return done.stdout

    @contextmanager
    def _verifier(self) -> Iterator[str]:
        """Yield the key to verify with: without a public one, the public half of `key`."""
        named = self.public_key or (self.key if _REFERENCE.match(self.key) else "")
        if self.key and not named and Path(self.key).with_suffix(".pub").is_file():
            named = str(Path(self.key).with_suffix(".pub"))
        _require_key(named or self.key, "--public-key or COSIGN_PUBLIC_KEY")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "cosign.pub"
            if not named:
                done = _run(self.program, "public-key", "--key", self.key, "--outfile", str(file))
                if done.returncode != 0:
                    cause = _last_line(done.stderr)
                    raise VerificationError(
                        f"read the public half of {self.key}: {cause}",
                        next_step="check its password (COSIGN_PASSWORD), or name --public-key",
                    )
            yield named or str(file)


def _require_key(key: str, option: str) -> None:
    """Raise `UsageError` for a key file that does not exist: that proves nothing of an image."""
    if not _REFERENCE.match(key) and not Path(key).is_file():
        raise UsageError(
            f"read key {key or '(none is named)'}: no such file", next_step=f"name it: {option}"
        )


def create_keys(program: Path, folder: Path) -> tuple[Path, Path]:
    """Return cosign.key (readable by its owner only) and cosign.pub in ``folder``.

    Existing keys are kept. For the embedded platform; in a pipeline the key is a KMS reference.
    """
    key, public = folder / "cosign.key", folder / "cosign.pub"
    if not (key.is_file() and public.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        done = _run(program, "generate-key-pair", folder=folder)
        if done.returncode != 0:
            raise RegistryError(f"create a key in {folder}: {_last_line(done.stderr)}")
        key.chmod(0o600)
    return key, public


def _run(
    program: Path, *arguments: str, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    try:
        # Without a password cosign would prompt for one on a terminal.
        env = {"COSIGN_PASSWORD": "", **child_environment(REGISTRY)}
        return run_child([program, *arguments], cwd=folder, env=env, text=True, seconds=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise RegistryError(f"run cosign {arguments[0]}: timeout after {_SECONDS} s") from error
    except OSError as error:
        raise RegistryError(f"run {program}: {error.strerror}") from error


def _predicate(line: str) -> dict[str, Any]:
    """Return the predicate in one line of cosign's output: a DSSE envelope or its statement."""
    try:
        document = json.loads(line)
        if "payload" in document:
            document = json.loads(base64.b64decode(document["payload"]))
        predicate = document["predicate"]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise VerificationError(f"read an attestation: {error}") from error
    return predicate if isinstance(predicate, dict) else {}


def _last_line(stderr: str) -> str:
    lines = [line for line in redact(stderr).strip().splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["no message"])[-1].removeprefix("Error: ")
