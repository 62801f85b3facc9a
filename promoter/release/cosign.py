"""The supply chain by cosign, with a key: a file, or a reference to one in a KMS.

Signature and attestations are stored beside the image as OCI referrers. No transparency
log is written: whoever trusts the key trusts what it signed, also without a network.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.errors import RegistryError
from promoter.programs.registry import Registry
from promoter.release.errors import Unverified
from promoter.release.images import Image
from promoter.release.provenance import BUILDER, commit_of, predicate, version_of
from promoter.release.source import SourceTree
from promoter.release.supply import Vouched

_SECONDS = 120
_PROVENANCE = "slsaprovenance1"
_SBOM = "cyclonedx"


@dataclass(frozen=True)
class Cosign:
    """Vouches with ``key`` and verifies with ``public_key``.

    Without ``public_key`` a KMS reference verifies too, and a file ``x.key`` has ``x.pub``
    beside it. ``program`` is cosign's path. A key file's password is read from COSIGN_PASSWORD, as
    cosign itself does (unset: none).
    """

    program: Path
    registry: Registry
    key: str = ""
    public_key: str = ""
    builder: str = BUILDER

    def vouch(self, image: Image, source: SourceTree, version: str, address: str) -> None:
        """See `SupplyChain`."""
        said = predicate(image.name, source, version, address, self.builder)
        self._unless(lambda: self._signature(image), lambda: self._sign(image))
        self._unless(
            lambda: self._provenance(image, source.commit),
            lambda: self._attest(image, _PROVENANCE, json.dumps(said)),
        )
        self._unless(
            lambda: self._attestation(image, _SBOM),
            lambda: self._attest(image, _SBOM, self._bill(image, source, version)),
        )

    def verify(self, image: Image, commit: str = "") -> Vouched:
        """See `SupplyChain`: the digest exists, signature, provenance and SBOM are the key's."""
        if self.registry.digest(image.name, image.digest) is None:
            raise RegistryError(f"verify {image.reference}: the registry does not have it")
        self._signature(image)
        said = self._provenance(image, commit)
        self._attestation(image, _SBOM)
        return Vouched(commit_of(said), version_of(said))

    @property
    def _verifying_key(self) -> str:
        if self.public_key or "://" in self.key:
            return self.public_key or self.key
        beside = Path(self.key).with_suffix(".pub")
        if not self.key or not beside.is_file():
            raise Unverified(
                f"verify with {beside}: there is no such public key",
                next_step="name it: --public-key or COSIGN_PUBLIC_KEY",
            )
        return str(beside)

    def _unless(self, there: Callable[[], object], make: Callable[[], None]) -> None:
        try:
            there()
        except Unverified:
            make()

    def _signature(self, image: Image) -> None:
        self._checked("verify", image)

    def _provenance(self, image: Image, commit: str) -> dict[str, Any]:
        """The provenance that names ``commit`` (empty: any)."""
        found = self._attestation(image, _PROVENANCE)
        for said in found:
            if commit in ("", commit_of(said)):
                return said
        named = ", ".join(commit_of(said) or "none" for said in found)
        raise Unverified(
            f"verify {image.reference}: its provenance names commit {named}, not {commit}",
            next_step="do not use it: it was not built from what it is said to be",
        )

    def _attestation(self, image: Image, kind: str) -> list[dict[str, Any]]:
        """The predicates of ``kind`` that the key has signed; at least one."""
        output = self._checked("verify-attestation", image, "--type", kind)
        found = [_predicate(line) for line in output.splitlines() if line.strip()]
        if not found:
            raise Unverified(f"verify {image.reference}: it has no {kind} attestation")
        return found

    def _sign(self, image: Image) -> None:
        self._written("sign", image)

    def _attest(self, image: Image, kind: str, said: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "predicate.json"
            file.write_text(said)
            self._written("attest", image, "--type", kind, "--predicate", str(file))

    def _bill(self, image: Image, source: SourceTree, version: str) -> str:
        # Its library takes a second to import, which verifying need not wait for.
        from promoter.release.sbom import sbom

        content = self.registry.pull(image.name, image.digest)
        return sbom(image, content, version, source.time)

    def _written(self, verb: str, image: Image, *arguments: str) -> None:
        if not self.key:
            raise Unverified(f"{verb} {image.reference}: there is no key to sign with")
        flags = ("--key", self.key, "--tlog-upload=false", "--use-signing-config=false", "--yes")
        done = self._run(verb, *flags, *arguments, image.reference)
        if done.returncode != 0:
            raise RegistryError(
                f"{verb} {image.reference}: {_last_line(done.stderr)}",
                next_step="check the key, its password (COSIGN_PASSWORD) and the registry",
            )

    def _checked(self, verb: str, image: Image, *arguments: str) -> str:
        flags = ("--key", self._verifying_key, "--insecure-ignore-tlog=true")
        done = self._run(verb, *flags, *arguments, image.reference)
        if done.returncode != 0:
            raise Unverified(
                f"{verb} {image.reference}: {_last_line(done.stderr)}",
                next_step="complete its release (promoter release final), or look at who made it",
            )
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # An unset password would be asked for on a terminal.
        environment = {"COSIGN_PASSWORD": "", **os.environ}
        try:
            return subprocess.run(
                [self.program, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise RegistryError(f"run cosign {arguments[0]}: no end in {_SECONDS} s") from error
        except OSError as error:
            raise RegistryError(f"run {self.program}: {error.strerror}") from error


def make_keys(program: Path, folder: Path) -> tuple[Path, Path]:
    """A key pair in ``folder`` (made once): cosign.key, which only its owner reads, and cosign.pub.

    For the embedded platform; in a pipeline the key is a KMS reference.
    """
    key, public = folder / "cosign.key", folder / "cosign.pub"
    if not (key.is_file() and public.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [program, "generate-key-pair"],
            cwd=folder,
            env={"COSIGN_PASSWORD": "", **os.environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        if done.returncode != 0:
            raise RegistryError(f"make a key in {folder}: {_last_line(done.stderr)}")
        key.chmod(0o600)
    return key, public


def _predicate(line: str) -> dict[str, Any]:
    """The predicate in one line of what cosign prints: a DSSE envelope or its statement."""
    try:
        said = json.loads(line)
        if "payload" in said:
            said = json.loads(base64.b64decode(said["payload"]))
        found = said["predicate"]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise Unverified(f"read an attestation: {error}") from error
    return found if isinstance(found, dict) else {}


def _last_line(stderr: str) -> str:
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["no message"])[-1].removeprefix("Error: ")
