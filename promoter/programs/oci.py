"""OCI images as bytes: deterministic layers, config and manifest, laid out in a folder.

Nothing here depends on the machine: entries are sorted and owned by 0:0 with time 0, and JSON
is canonical. Layers are gzip with stored blocks: what a zlib makes of the same bytes differs
between its versions, and plain tar layers, though allowed, are refused by `crane validate`.
Formats: OCI image-spec v1.1, image layout, config, manifest and layer.
"""

from __future__ import annotations

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
from typing import Any

from promoter.git.objects import SourceFile

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Blob:
    """Content addressed by its digest (``sha256:<64 hex>``)."""

    content: bytes = field(repr=False)
    media_type: str

    @property
    def digest(self) -> str:
        """``sha256:`` and the content's hash."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"

    def descriptor(self, **more: object) -> dict[str, object]:
        """How another document refers to this one."""
        size = len(self.content)
        return {"mediaType": self.media_type, "digest": self.digest, "size": size, **more}


@dataclass(frozen=True)
class Layer(Blob):
    """A layer: ``content`` is its gzip, ``tar`` what that holds."""

    tar: bytes = field(repr=False)

    @property
    def diff_id(self) -> str:
        """The digest of the tar, as an image configuration names a layer."""
        return f"sha256:{hashlib.sha256(self.tar).hexdigest()}"


@dataclass(frozen=True)
class OciImage:
    """A manifest, its config and its layers; ``digest`` is the manifest's."""

    manifest: Blob
    config: Blob
    layers: tuple[Layer, ...]

    @property
    def digest(self) -> str:
        """What a pin names."""
        return self.manifest.digest


@dataclass(frozen=True)
class Runtime:
    """How the image is started, and what it says about itself."""

    entrypoint: Sequence[str]
    user: str
    port: int
    variables: Mapping[str, str]
    labels: Mapping[str, str]
    created: str


def layer(files: Mapping[str, SourceFile]) -> Layer:
    """A tar of ``files`` (absolute path -> file) with the folders that they need."""
    buffer = io.BytesIO()
    names = {path.lstrip("/"): file for path, file in files.items()}
    folders = {str(p) for name in names for p in PurePosixPath(name).parents if str(p) != "."}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(folders | set(names)):
            _add(archive, name, names.get(name))
    tar = buffer.getvalue()
    return Layer(_gzip(tar), LAYER_TYPE, tar)


def image(layers: Sequence[Layer], runtime: Runtime) -> OciImage:
    """An image for linux/amd64 of ``layers``, lowest first."""
    config = Blob(_json(_config(layers, runtime)), CONFIG_TYPE)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": config.descriptor(),
        "layers": [one.descriptor() for one in layers],
        "annotations": dict(runtime.labels),
    }
    return OciImage(Blob(_json(manifest), MANIFEST_TYPE), config, tuple(layers))


def unpacked(layer_content: bytes) -> bytes:
    """The tar in a layer, gzipped or not."""
    return gzip.decompress(layer_content) if layer_content[:2] == b"\x1f\x8b" else layer_content


def files_in(layers: Sequence[Layer]) -> dict[str, tuple[int, str, bytes]]:
    """What a container sees of ``layers``: path -> mode, link target, content."""
    files: dict[str, tuple[int, str, bytes]] = {}
    for one in layers:
        with tarfile.open(fileobj=io.BytesIO(one.tar)) as archive:
            for entry in archive:
                opened = archive.extractfile(entry) if entry.isfile() else None
                content = opened.read() if opened else b""
                files[f"/{entry.name}"] = (entry.mode, entry.linkname, content)
    return files


def write_layout(built: OciImage, folder: Path) -> None:
    """Write ``built`` as an OCI image layout into the empty or absent ``folder``."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for blob in (built.manifest, built.config, *built.layers):
        (blobs / blob.digest.removeprefix("sha256:")).write_bytes(blob.content)
    platform = {"architecture": "amd64", "os": "linux"}
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX_TYPE,
        "manifests": [built.manifest.descriptor(platform=platform)],
    }
    (folder / "index.json").write_bytes(_json(index))
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))


def _add(archive: tarfile.TarFile, name: str, file: SourceFile | None) -> None:
    entry = tarfile.TarInfo(name)
    if file is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(entry)
    elif file.symlink:
        entry.type, entry.mode, entry.linkname = tarfile.SYMTYPE, 0o777, file.content.decode()
        archive.addfile(entry)
    else:
        entry.mode, entry.size = (0o755 if file.executable else 0o644), len(file.content)
        archive.addfile(entry, io.BytesIO(file.content))


def _config(layers: Sequence[Layer], runtime: Runtime) -> dict[str, Any]:
    variables = sorted(f"{name}={value}" for name, value in runtime.variables.items())
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": runtime.created,
        "config": {
            "Entrypoint": list(runtime.entrypoint),
            "Env": variables,
            "ExposedPorts": {f"{runtime.port}/tcp": {}},
            "Labels": dict(runtime.labels),
            "User": runtime.user,
        },
        "rootfs": {"type": "layers", "diff_ids": [one.diff_id for one in layers]},
        "history": [{"created": runtime.created, "created_by": "promoter"} for _ in layers],
    }


def _gzip(data: bytes) -> bytes:
    """``data`` as gzip (RFC 1952) in stored blocks (RFC 1951, 3.2.4), time 0, system unknown."""
    size = 0xFFFF
    chunks = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    blocks = [
        struct.pack("<BHH", chunk is chunks[-1], len(chunk), len(chunk) ^ 0xFFFF) + chunk
        for chunk in chunks
    ]
    header = b"\x1f\x8b\x08\x00" + bytes(5) + b"\xff"
    return header + b"".join(blocks) + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
