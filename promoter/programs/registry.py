"""An OCI registry through `crane`, which brings its own authentication and retries.

crane speaks plain HTTP to loopback addresses and TLS to every other.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.common.errors import RegistryError
from promoter.programs.oci import MANIFEST_TYPE, Blob, Layer, OciImage, unpacked, write_layout

# A registry that accepts a connection and then says nothing must not hang a pipeline.
_SECONDS = 120
_PUSH_SECONDS = 1800


@dataclass(frozen=True)
class Registry:
    """A folder of a registry, like ``gcr.io/galoyorg`` or ``127.0.0.1:5000/galoyorg``.

    ``crane`` is the program's path. Every method raises `RegistryError`.
    """

    address: str
    crane: Path

    def repository(self, name: str) -> str:
        """Where the image ``name`` lives, without tag or digest."""
        return f"{self.address}/{name}"

    def push(self, name: str, image: OciImage, tags: Sequence[str]) -> None:
        """Upload ``image`` and point ``tags`` (one at least) at it, in that order."""
        first, *others = tags
        with tempfile.TemporaryDirectory() as folder:
            write_layout(image, Path(folder) / "layout")
            self.push_layout(name, Path(folder) / "layout", first)
        for tag in others:
            self.tag(name, image.digest, tag)

    def push_layout(self, name: str, layout: Path, tag: str) -> None:
        """Upload the image in the OCI image layout ``layout`` under ``tag``."""
        self._run("push", str(layout), f"{self.repository(name)}:{tag}", seconds=_PUSH_SECONDS)

    def tag(self, name: str, digest: str, tag: str) -> None:
        """Point ``tag`` at ``digest``, which the registry has to have."""
        self._run("tag", f"{self.repository(name)}@{digest}", tag)

    def digest(self, name: str, tag: str) -> str | None:
        """What ``tag`` (or ``sha256:...``) of image ``name`` points at; None if it is absent."""
        done = self._attempt("digest", self.reference(name, tag))
        if done.returncode == 0:
            return done.stdout.decode().strip()
        if any(sign in done.stderr for sign in _ABSENT):
            return None
        raise self._failure(("digest", self.reference(name, tag)), done.stderr)

    def required_digest(self, name: str, tag: str) -> str:
        """As `digest`, but an absent image is an error."""
        found = self.digest(name, tag)
        if found is None:
            raise RegistryError(f"read {self.reference(name, tag)}: the registry does not have it")
        return found

    def manifest(self, name: str, tag: str) -> dict[str, Any]:
        """The manifest that ``tag`` (or a digest) points at."""
        return dict(json.loads(self._run("manifest", self.reference(name, tag))))

    def config(self, name: str, tag: str) -> dict[str, Any]:
        """The image configuration: labels, variables, entrypoint, layers."""
        return dict(json.loads(self._run("config", self.reference(name, tag))))

    def pull(self, name: str, tag: str) -> OciImage:
        """The image that ``tag`` (or a digest) points at, every blob checked by its digest."""
        manifest = self._run("manifest", self.reference(name, tag))
        said = json.loads(manifest)
        config = self._blob(name, said["config"])
        layers = [self._blob(name, one) for one in said["layers"]]
        return OciImage(
            Blob(manifest, said.get("mediaType", MANIFEST_TYPE)),
            config,
            tuple(Layer(one.content, one.media_type, unpacked(one.content)) for one in layers),
        )

    def _blob(self, name: str, descriptor: dict[str, Any]) -> Blob:
        blob = Blob(self.blob(name, descriptor["digest"]), descriptor["mediaType"])
        if blob.digest != descriptor["digest"]:
            raise RegistryError(f"read {descriptor['digest']} of {name}: it has other content")
        return blob

    def blob(self, name: str, digest: str) -> bytes:
        """The bytes of one blob, a layer for instance."""
        return self._run("blob", f"{self.repository(name)}@{digest}")

    def reference(self, name: str, tag: str) -> str:
        """``<repository>:<tag>``, or ``<repository>@<digest>`` for a digest."""
        return f"{self.repository(name)}{'@' if tag.startswith('sha256:') else ':'}{tag}"

    def _run(self, *arguments: str, seconds: int = _SECONDS) -> bytes:
        done = self._attempt(*arguments, seconds=seconds)
        if done.returncode != 0:
            raise self._failure(arguments, done.stderr)
        return done.stdout

    def _attempt(
        self, *arguments: str, seconds: int = _SECONDS
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                [self.crane, *arguments], capture_output=True, check=False, timeout=seconds
            )
        except subprocess.TimeoutExpired as error:
            raise self._failure(arguments, f"no answer within {seconds} s".encode()) from error
        except OSError as error:
            raise RegistryError(f"run {self.crane}: {error.strerror}") from error

    def _failure(self, arguments: Sequence[str], stderr: bytes) -> RegistryError:
        lines = stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        what = f"{arguments[0]} {arguments[-1]}"
        return RegistryError(
            f"{what}: {lines[-1].removeprefix('Error: ')}",
            next_step=f"check that {self.address} is up and writable for you, then run it again",
        )


_ABSENT = (b"MANIFEST_UNKNOWN", b"NAME_UNKNOWN", b"404 Not Found", b"NOT_FOUND")


def parse_reference(text: str) -> tuple[str, str, str]:
    """``<registry>/<folder>/<name>:<tag>`` or ``...@<digest>`` as address, name, tag or digest."""
    found = re.fullmatch(r"(?P<address>[^@]+)/(?P<name>[^/:@]+)(?:@|:)(?P<tag>[^/]+)", text)
    if found is None:
        raise RegistryError(
            f"read image {text!r}: not <registry>/<name>:<tag> or <registry>/<name>@sha256:..."
        )
    return found["address"], found["name"], found["tag"]
