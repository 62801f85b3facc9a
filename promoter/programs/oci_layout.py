"""OCI images in folders: read from a layout or a `docker save` archive, labeled, searched.

Layers stay in files, so an image may be larger than memory; one layer of an archive may not.
Formats: OCI image-spec v1.1 (layout, index, manifest, config), and the archive of `docker save`
with its manifest.json.
"""

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from promoter.common.errors import PromoterError
from promoter.programs.oci import (
    CONFIG_TYPE,
    LAYER_TYPE,
    MANIFEST_TYPE,
    Blob,
    OciImage,
    StoredLayer,
    canonical_json,
    descriptor,
)

PLATFORM = ("linux", "amd64")
_CHUNK = 1 << 20
_LAYERS = {
    LAYER_TYPE: LAYER_TYPE,
    LAYER_TYPE.removesuffix("+gzip"): LAYER_TYPE.removesuffix("+gzip"),
    "application/vnd.docker.image.rootfs.diff.tar.gzip": LAYER_TYPE,
}
_UNREADABLE = (
    *(OSError, LookupError, TypeError, ValueError),
    *(EOFError, tarfile.TarError, zlib.error),
)
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_ROOT = PurePosixPath("/")
_MOST_STEPS = 1000  # links may lead in a circle

_Tree = dict[PurePosixPath, tuple[StoredLayer, tarfile.TarInfo]]


class InvalidImage(PromoterError):
    """A folder or archive that is not one OCI image for linux/amd64."""


@dataclass(frozen=True)
class LayerFile:
    """A gzipped tar in a file. ``diff_id`` is the digest of the tar in it."""

    file: Path
    digest: str
    diff_id: str
    media_type: str = LAYER_TYPE

    def descriptor(self) -> dict[str, object]:
        """Return the layer's entry in a manifest."""
        return descriptor(self.media_type, self.digest, self.file.stat().st_size)

    def write(self, file: Path) -> None:
        """Write the layer to ``file``, as a hard link if the file system allows one."""
        try:
            file.hardlink_to(self.file)
        except OSError:  # another file system
            shutil.copyfile(self.file, file)

    def archive(self) -> tarfile.TarFile:
        """Open the tar."""
        return tarfile.open(self.file)


def read_layout(folder: Path) -> OciImage[LayerFile]:
    """Return the image for linux/amd64 in an OCI layout, every blob checked by its digest.

    Raises `InvalidImage`; an index may name further images for other platforms.
    """
    try:
        index = json.loads((folder / "index.json").read_bytes())
        manifest, document = _manifest(folder, index["manifests"])
        config = Blob(_blob(folder, document["config"]["digest"]).read_bytes(), CONFIG_TYPE)
        _require_platform(folder, json.loads(config.content))
        diff_ids = json.loads(config.content)["rootfs"]["diff_ids"]
        layers = tuple(
            LayerFile(_blob(folder, each["digest"]), each["digest"], diff_id, _layer_type(each))
            for each, diff_id in zip(document["layers"], diff_ids, strict=True)
        )
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise InvalidImage(
            f"read the image in {folder}: it is not an OCI layout: {error}",
            next_step="name the folder with index.json, or the archive of docker save",
        ) from error
    return OciImage(manifest, replace(config, media_type=document["config"]["mediaType"]), layers)


def read_archive(file: Path, folder: Path) -> OciImage[LayerFile]:
    """Return the image in an archive of `docker save`, unpacked into the empty ``folder``."""
    try:
        with tarfile.open(file) as archive:
            (entry,) = json.loads(_member(archive, "manifest.json"))
            config = Blob(_member(archive, entry["Config"]), CONFIG_TYPE)
            document = json.loads(config.content)
            _require_platform(file, document)
            pairs = zip(entry["Layers"], document["rootfs"]["diff_ids"], strict=True)
            layers = tuple(
                _packed(_member(archive, name), diff_id, folder) for name, diff_id in pairs
            )
    except _UNREADABLE as error:
        raise InvalidImage(
            f"read the image in {file}: it is not the archive of one image: {error}",
            next_step="name the archive that docker save or oci-build-task wrote",
        ) from error
    return _image(config, layers, {})


def labeled(image: OciImage[LayerFile], labels: Mapping[str, str]) -> OciImage[LayerFile]:
    """Return ``image`` with ``labels`` added to its configuration and its annotations."""
    document = json.loads(image.config.content)
    config = document.get("config") or {}
    present = config.get("Labels") or {}
    document["config"] = {**config, "Labels": {**present, **labels}}
    content = Blob(canonical_json(document), CONFIG_TYPE)
    annotations = json.loads(image.manifest.content).get("annotations") or {}
    return _image(content, image.layers, {**annotations, **labels})


def image_config(image: OciImage[Any]) -> dict[str, Any]:
    """Return the runtime settings of ``image``: User, Env, Entrypoint, Labels, ..."""
    return dict(json.loads(image.config.content).get("config") or {})


def file_digest(layers: Sequence[StoredLayer], path: str) -> str | None:
    """Return the ``sha256:...`` of the file ``path`` of an image's root, None without one.

    Symbolic links are followed as in a container. Raises `InvalidImage` for a layer that is no tar.
    """
    try:
        followed = _followed(_tree(layers), path)
        if followed is None or not (followed[1].isfile() or followed[1].islnk()):
            return None
        layer, entry = followed
        with layer.archive() as archive:
            found = archive.extractfile(entry.name)
            return _sha256(found) if found else None
    except _UNREADABLE as error:
        raise InvalidImage(
            f"read {path} of the image: a layer is damaged: {error}",
            next_step="build the image again",
        ) from error


def _tree(layers: Sequence[StoredLayer]) -> _Tree:
    """Return the entry of each path, and its layer: of two layers the upper one counts."""
    tree: _Tree = {}
    for layer in layers:
        with layer.archive() as archive:
            entries = {_ROOT / each.name: each for each in archive}
        for removed in (path for path in entries if path.name.startswith(_WHITEOUT)):
            lower = removed.with_name(removed.name.removeprefix(_WHITEOUT))
            emptied = removed.parent if removed.name == _OPAQUE else lower
            tree = {path: each for path, each in tree.items() if not path.is_relative_to(emptied)}
        tree |= {path: (layer, entry) for path, entry in entries.items()}
    return tree


def _followed(tree: _Tree, path: str) -> tuple[StoredLayer, tarfile.TarInfo] | None:
    """Return the entry that ``path`` leads to."""
    place, left = _ROOT, list((_ROOT / path).parts[1:])
    for _ in range(_MOST_STEPS):
        if not left:
            return tree.get(place)
        part = left.pop(0)
        place = place.parent if part == ".." else place / part
        _, entry = tree.get(place, (None, None))
        if entry and entry.issym():
            left = [*PurePosixPath(entry.linkname).parts, *left]
            place = place.parent
        elif left and entry and not entry.isdir():
            return None
    return None


def _sha256(content: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := content.read(_CHUNK):
        found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def _manifest(folder: Path, entries: Sequence[dict[str, Any]]) -> tuple[Blob, dict[str, Any]]:
    """Return the only manifest for our platform, looking into nested indexes."""
    fitting = [each for each in entries if _fits(each)]
    if len(fitting) != 1:
        raise ValueError(f"{len(fitting)} of its images are for {'/'.join(PLATFORM)}")
    content = _blob(folder, fitting[0]["digest"]).read_bytes()
    document = json.loads(content)
    if "manifests" in document:
        return _manifest(folder, document["manifests"])
    return Blob(content, fitting[0]["mediaType"]), document


def _fits(entry: dict[str, Any]) -> bool:
    platform = entry.get("platform")
    return platform is None or (platform.get("os"), platform.get("architecture")) == PLATFORM


def _layer_type(entry: dict[str, Any]) -> str:
    """Return the layer's media type in OCI's words: Docker's means the same bytes."""
    if (found := str(entry["mediaType"])) not in _LAYERS:
        raise InvalidImage(
            f"read layer {entry['digest']}: it is {found}",
            next_step="build the image with layers that are a tar, with or without gzip",
        )
    return _LAYERS[found]


def _blob(folder: Path, digest: str) -> Path:
    algorithm, _, name = digest.partition(":")
    file = folder / "blobs" / algorithm / name
    with file.open("rb") as content:
        if _sha256(content) != f"sha256:{name}":
            raise ValueError(f"{digest} has other content")
    return file


def _require_platform(place: Path, config: dict[str, Any]) -> None:
    found = (str(config.get("os")), str(config.get("architecture")))
    if found != PLATFORM:
        raise InvalidImage(
            f"read the image in {place}: it is for {'/'.join(found)}",
            next_step=f"build it for {'/'.join(PLATFORM)}",
        )


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    content = archive.extractfile(name)
    if content is None:
        raise ValueError(f"{name} is not a file")
    return content.read()


def _packed(tar: bytes, diff_id: str, folder: Path) -> LayerFile:
    if tar[:2] == b"\x1f\x8b":
        tar = gzip.decompress(tar)
    if f"sha256:{hashlib.sha256(tar).hexdigest()}" != diff_id:
        raise ValueError(f"layer {diff_id} has other content")
    content = gzip.compress(tar, compresslevel=1, mtime=0)
    digest = hashlib.sha256(content).hexdigest()
    (folder / digest).write_bytes(content)
    return LayerFile(folder / digest, f"sha256:{digest}", diff_id)


def _image(
    config: Blob, layers: tuple[LayerFile, ...], annotations: Mapping[str, str]
) -> OciImage[LayerFile]:
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": config.descriptor(),
        "layers": [each.descriptor() for each in layers],
        "annotations": dict(annotations),
    }
    return OciImage(Blob(canonical_json(manifest), MANIFEST_TYPE), config, layers)
