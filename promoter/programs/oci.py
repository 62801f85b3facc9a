"""OCI images as bytes: deterministic layers, config and manifest, laid out in a folder.

Nothing here depends on the machine: entries are sorted and owned by 0:0 with time 0, and JSON
is canonical. Layers are gzip with stored blocks: zlib versions compress the same bytes
differently, and `crane validate` rejects plain tar layers, though the specification allows them.
Formats: OCI image-spec v1.1, image layout, config, manifest and layer.
"""

import gzip
import hashlib
import io
import json
import struct
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Generic, Protocol, TypeVar

from promoter.git.objects import SourceFile

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"

_PLATFORM = {"architecture": "amd64", "os": "linux"}


@dataclass(frozen=True)
class Blob:
    """Content addressed by its digest (``sha256:<64 hex>``)."""

    content: bytes = field(repr=False)
    media_type: str

    @property
    def digest(self) -> str:
        """``sha256:`` and the content's hash."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    def descriptor(self) -> dict[str, object]:
        """Return the reference to this blob in another document."""
        return descriptor(self.media_type, self.digest, len(self.content))

    def write(self, file: Path) -> None:
        """Write the content to ``file``."""
        file.write_bytes(self.content)


class StoredLayer(Protocol):
    """A layer of an image, in memory or in a file."""

    @property
    def digest(self) -> str:
        """The digest of the compressed layer."""

    @property
    def diff_id(self) -> str:
        """The digest of the tar, as an image configuration names a layer."""

    def descriptor(self) -> dict[str, object]:
        """Return the reference to the layer in a manifest."""

    def write(self, file: Path) -> None:
        """Write the compressed layer to ``file``."""

    def archive(self) -> tarfile.TarFile:
        """Open the tar."""


@dataclass(frozen=True)
class Layer(Blob):
    """A layer in memory: ``content`` is the gzip of ``tar``."""

    tar: bytes = field(repr=False)

    @property
    def diff_id(self) -> str:
        """See `StoredLayer`."""
        return f"sha256:{hashlib.sha256(self.tar).hexdigest()}"

    def archive(self) -> tarfile.TarFile:
        """See `StoredLayer`."""
        return tarfile.open(fileobj=io.BytesIO(self.tar))


L = TypeVar("L", bound=StoredLayer)


@dataclass(frozen=True)
class OciImage(Generic[L]):
    """A manifest, its configuration and its layers; ``digest`` is the manifest's."""

    manifest: Blob
    config: Blob
    layers: tuple[L, ...]

    @property
    def digest(self) -> str:
        """The digest that a pin names."""
        return self.manifest.digest


def descriptor(media_type: str, digest: str, size: int) -> dict[str, object]:
    """Return an OCI descriptor; ``size`` is in bytes."""
    return {"mediaType": media_type, "digest": digest, "size": size}


def layer(files: Mapping[str, SourceFile]) -> Layer:
    """Return the layer that has ``files`` (absolute path -> file) and their parent folders."""
    buffer = io.BytesIO()
    names = {path.lstrip("/"): file for path, file in files.items()}
    folders = {str(p) for name in names for p in PurePosixPath(name).parents if str(p) != "."}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(folders | set(names)):
            _add(archive, name, names.get(name))
    tar = buffer.getvalue()
    return Layer(_gzip(tar), LAYER_TYPE, tar)


def image(
    layers: Sequence[L],
    config: Mapping[str, object],
    annotations: Mapping[str, str],
    *,
    created: str,
    created_by: str = "promoter",
) -> OciImage[L]:
    """Return the image for linux/amd64 of ``layers``, lowest first.

    ``config`` has the runtime settings (Entrypoint, Env, ...), ``created`` is RFC 3339.
    """
    document = {
        **_PLATFORM,
        "created": created,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [each.diff_id for each in layers]},
        "history": [{"created": created, "created_by": created_by} for _ in layers],
    }
    config_blob = Blob(canonical_json(document), CONFIG_TYPE)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": config_blob.descriptor(),
        "layers": [each.descriptor() for each in layers],
        "annotations": dict(annotations),
    }
    return OciImage(Blob(canonical_json(manifest), MANIFEST_TYPE), config_blob, tuple(layers))


def unpacked(layer_content: bytes) -> bytes:
    """Return the tar of a layer, compressed or not."""
    return gzip.decompress(layer_content) if layer_content[:2] == b"\x1f\x8b" else layer_content


def files_in(layers: Sequence[Layer]) -> dict[str, tuple[int, str, bytes]]:
    """Return the files of ``layers``: path -> mode, link target, content; upper layers win."""
    files: dict[str, tuple[int, str, bytes]] = {}
    for each in layers:
        with each.archive() as archive:
            for entry in archive:
                opened = archive.extractfile(entry) if entry.isfile() else None
                content = opened.read() if opened else b""
                files[f"/{entry.name}"] = (entry.mode, entry.linkname, content)
    return files


def write_layout(image: OciImage[Any], folder: Path) -> None:
    """Write ``image`` as an OCI image layout into the empty or absent ``folder``."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for blob in (image.manifest, image.config, *image.layers):
        blob.write(blobs / blob.digest.removeprefix("sha256:"))
    entry = {**image.manifest.descriptor(), "platform": _PLATFORM}
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [entry]}
    (folder / "index.json").write_bytes(canonical_json(index))
    (folder / "oci-layout").write_bytes(canonical_json({"imageLayoutVersion": "1.0.0"}))


def _add(archive: tarfile.TarFile, name: str, file: SourceFile | None) -> None:
    entry, content = tarfile.TarInfo(name), None
    if file is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    elif file.symlink:
        entry.type, entry.mode, entry.linkname = tarfile.SYMTYPE, 0o777, file.content.decode()
    else:
        entry.mode, entry.size = (0o755 if file.executable else 0o644), len(file.content)
        content = io.BytesIO(file.content)
    archive.addfile(entry, content)


def _gzip(data: bytes) -> bytes:
    """Return ``data`` as gzip (RFC 1952) in stored blocks (RFC 1951, 3.2.4), without a time."""
    size = 0xFFFF
    chunks = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    blocks = [
        struct.pack("<BHH", chunk is chunks[-1], len(chunk), len(chunk) ^ 0xFFFF) + chunk
        for chunk in chunks
    ]
    header = b"\x1f\x8b\x08\x00" + bytes(5) + b"\xff"
    return header + b"".join(blocks) + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def canonical_json(document: object) -> bytes:
    """Return ``document`` as JSON that is the same on every machine."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
