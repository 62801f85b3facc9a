"""OCI registries through `crane`, which brings its own authentication and retries.

crane uses Docker's credentials; it speaks HTTP to loopback addresses and TLS to others.
"""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from promoter.common.child import run_child
from promoter.common.environment import REGISTRY, child_environment
from promoter.common.errors import RegistryError, UsageError
from promoter.common.text import redact
from promoter.programs.oci import MANIFEST_TYPE, Blob, Layer, OciImage, unpacked, write_layout

MIRROR_VARIABLE = "PROMOTER_REGISTRY_MIRROR"
"""Registries that hold the images of others: ``gcr.io=127.0.0.1:5000,us.gcr.io=...``."""

# A registry that accepts a connection and never responds must not block a pipeline.
_SECONDS = 120
_PUSH_SECONDS = 1800
# Nor may one that never stops responding fill memory (in KiB) or disk (in blocks of 512 bytes).
_LIMITED = 'ulimit -d 1048576; ulimit -f 8388608; exec "$@"'
_ABSENT = ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "404 Not Found", "NOT_FOUND")
_BUSY = re.compile(r"status code (429|5\d\d)\b|TOOMANYREQUESTS|UNAVAILABLE")
_FORBIDDEN = re.compile(r"status code 40[13]\b|UNAUTHORIZED|DENIED")
_PINNED = re.compile(r"[^/@]+/[^@]+@sha256:[0-9a-f]{64}")
_REFERENCE = re.compile(r"(?P<host>[^@/]+)(?P<folder>/[^@]+)?/(?P<name>[^/:@]+)[:@](?P<tag>[^/]+)")


class _ImageAbsent(RegistryError):
    """The registry does not have the image."""


@dataclass(frozen=True)
class Registry:
    """A folder of a registry, like ``gcr.io/galoyorg`` or ``127.0.0.1:5000/galoyorg``.

    ``crane`` is the program's path, ``seconds`` its limit except for uploads, ``homes`` the
    addresses of images that are elsewhere, by their names. Every method raises `RegistryError`.
    """

    address: str
    crane: Path
    seconds: int = _SECONDS
    homes: Mapping[str, str] = field(default_factory=dict)

    def repository(self, name: str) -> str:
        """Return the repository of the image ``name``, without tag or digest."""
        return f"{self.homes.get(name, self.address)}/{name}"

    def push(self, name: str, image: OciImage[Any], tags: Sequence[str] = ()) -> None:
        """Upload ``image`` and point ``tags`` at it, in that order; without any it has none."""
        with tempfile.TemporaryDirectory() as folder:
            layout = Path(folder) / "layout"
            write_layout(image, layout)
            target = self.reference(name, tags[0] if tags else image.digest)
            self._run("push", str(layout), target, about=target, seconds=_PUSH_SECONDS)
        for tag in tags[1:]:
            self.tag(name, image.digest, tag)

    def tag(self, name: str, digest: str, tag: str) -> None:
        """Point ``tag`` at ``digest``, which the registry has to have."""
        reference = self.reference(name, digest)
        self._run("tag", reference, tag, about=reference)

    def digest(self, name: str, tag: str) -> str | None:
        """Return the digest of ``tag`` (or ``sha256:...``), None if the image is absent."""
        with suppress(_ImageAbsent):
            reference = self.reference(name, tag)
            return self._run("digest", reference, about=reference).decode().strip()
        return None

    def required_digest(self, name: str, tag: str) -> str:
        """Return the digest as `digest` does; an absent image is an error."""
        digest = self.digest(name, tag)
        if digest is None:
            raise RegistryError(f"read {self.reference(name, tag)}: the registry does not have it")
        return digest

    def config(self, name: str, tag: str) -> dict[str, Any]:
        """Return the image configuration: labels, variables, entrypoint, layers."""
        reference = self.reference(name, tag)
        with _documented(f"config {reference}"):
            return dict(json.loads(self._run("config", reference, about=reference)))

    def pull(self, name: str, tag: str) -> OciImage[Layer]:
        """Return the image of ``tag`` (or a digest), every blob checked by its digest."""
        reference = self.reference(name, tag)
        manifest = self._run("manifest", reference, about=reference)
        with _documented(f"manifest {reference}"):
            document = json.loads(manifest)
            blobs = [self._blob(name, each) for each in (document["config"], *document["layers"])]
        layers = [Layer(b.content, b.media_type, unpacked(b.content)) for b in blobs[1:]]
        media_type = document.get("mediaType", MANIFEST_TYPE)
        return OciImage(Blob(manifest, media_type), blobs[0], tuple(layers))

    def pull_layout(self, name: str, tag: str, folder: Path) -> None:
        """Write the image of ``tag`` (or a digest) as an OCI layout to the absent ``folder``."""
        reference = self.reference(name, tag)
        words = ("pull", "--format", "oci", reference, str(folder))
        self._run(*words, about=reference, seconds=_PUSH_SECONDS)

    def platform_of(self, name: str, digest: str) -> str | None:
        """Return ``linux/amd64`` or the other platform of an image, None if it is absent."""
        with suppress(_ImageAbsent):
            reference = self.reference(name, digest)
            with _documented(f"config {reference}"):
                words = ("config", "--platform", "linux/amd64", reference)
                content = self._run(*words, about=reference)
                document = json.loads(content)
                return f"{document['os']}/{document['architecture']}"
        return None

    def reference(self, name: str, tag: str) -> str:
        """Return ``<repository>:<tag>``, or ``<repository>@<digest>`` for a digest."""
        return f"{self.repository(name)}{'@' if tag.startswith('sha256:') else ':'}{tag}"

    def _blob(self, name: str, descriptor: dict[str, Any]) -> Blob:
        digest = descriptor["digest"]
        reference = self.reference(name, digest)
        blob = Blob(self._run("blob", reference, about=reference), descriptor["mediaType"])
        if blob.digest != digest:
            raise RegistryError(f"read {digest} of {name}: it has other content")
        return blob

    def _run(self, *arguments: str, about: str, seconds: int = 0) -> bytes:
        """Return the output of crane; ``about`` is the image that an error names."""
        command = ["/bin/sh", "-c", _LIMITED, "sh", str(self.crane), *arguments]
        with tempfile.TemporaryFile() as output:
            what = f"{arguments[0]} {about}"
            done = self._completed(command, output, what, seconds or self.seconds)
            output.seek(0)
            content = output.read()
        if done.returncode != 0:
            raise self._failure(what, done.stderr.decode(errors="replace"))
        return content

    def _completed(
        self, command: Sequence[str], output: IO[bytes], what: str, seconds: int
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            env = child_environment(REGISTRY)
            return run_child(command, stdout=output, seconds=seconds, env=env)
        except subprocess.TimeoutExpired as error:
            raise self._failure(what, f"timeout after {seconds} s") from error
        except OSError as error:
            raise RegistryError(f"run {self.crane}: {error.strerror}") from error

    def _failure(self, what: str, stderr: str) -> RegistryError:
        # Its error may have several lines; what comes before are warnings.
        message = redact(stderr).rpartition("Error: ")[2].splitlines() or ["no message"]
        absent = any(sign in stderr for sign in _ABSENT)
        return (_ImageAbsent if absent else RegistryError)(
            f"{what}: {' '.join(message)}",
            next_step=_remedy(what.partition(" ")[2], stderr),
        )


def _remedy(reference: str, stderr: str) -> str:
    address = reference.rpartition("/")[0]
    host = address.partition("/")[0]
    if _BUSY.search(stderr):
        return f"{host} is overloaded or failing: run it again later"
    if _FORBIDDEN.search(stderr):
        return f"docker login {host}, with an account that may do this"
    return f"check that {address} is up, reachable and a registry, then run it again"


@contextmanager
def _documented(what: str) -> Iterator[None]:
    """Raise `RegistryError` where a document in the block is none of an image's."""
    try:
        yield
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise RegistryError(f"{what}: it is not a document of one OCI image") from error


@dataclass(frozen=True)
class ImageLookup:
    """Finds images by their full reference, each in its own registry or in that one's mirror.

    ``mirrors`` maps a registry's host to the address that is queried instead.
    """

    crane: Path
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def locate(self, reference: str) -> tuple[Registry, str, str]:
        """Return the registry to query, the image's name there, and its tag or digest."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise RegistryError(
                f"read image {reference!r}: not <registry>/<name>:<tag> or"
                " <registry>/<name>@sha256:..."
            )
        host = self.mirrors.get(match["host"], match["host"])
        return Registry(host + (match["folder"] or ""), self.crane), match["name"], match["tag"]

    def exists(self, reference: str) -> bool:
        """Return whether the registry has ``reference`` (``registry/repository@sha256:...``).

        Raises `RegistryError` for a reference without a digest, and when the registry does
        not answer: a failed lookup is not a missing image.
        """
        if not _PINNED.fullmatch(reference):
            raise RegistryError(
                f"look up image {reference!r}: it is not registry/repository@sha256:...",
                next_step="name the image's repository next to its digest in values.yaml",
            )
        registry, name, digest = self.locate(reference)
        host = reference.partition("/")[0]
        try:
            return registry.digest(name, digest) is not None
        except RegistryError as error:
            raise RegistryError(
                f"look up image {reference}: {error}",
                next_step=f"{error.next_step}; {MIRROR_VARIABLE}={host}=<address> queries another "
                "registry, --no-digest-check skips the lookup",
            ) from error


def configured_mirrors() -> dict[str, str]:
    """Return the mirrors that PROMOTER_REGISTRY_MIRROR names; raises `UsageError`."""
    text = os.environ.get(MIRROR_VARIABLE, "")
    pairs = [pair.strip() for pair in text.split(",") if pair.strip()]
    mirrors = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(host and address for host, address in mirrors.items()):
        raise UsageError(
            f"read {MIRROR_VARIABLE} {text!r}: it is not registry=mirror[,registry=mirror]"
        )
    return mirrors
