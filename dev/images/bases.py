"""Base images of the server of upstream/lana-bank, made of Debian packages.

| base | content |
|---|---|
| alpine | the Debian that our own images stand on |
| gcr.io/distroless/static | certificates, time zones and users of that Debian, and no program |

The images of these names can only be had from a registry of images.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from dev.images.layers import Layers
from promoter.programs import oci
from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import LayerFile
from promoter.programs.registry import Registry
from promoter.release.dockerfile import canonical_name

BaseImages = Mapping[str, OciImage[LayerFile]]
"""Base images by their names in a Dockerfile."""

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
_TIME_ZONES = "usr/share/zoneinfo"
_USERS = {
    "etc/passwd": "root:x:0:0:root:/root:/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n"
    "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
    "etc/group": "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n",
}


def server_bases(layers: Layers) -> BaseImages:
    """Return the base images of the server, of the root of ``layers``."""
    inputs = "".join(_USERS.values()).encode()
    static = layers.staged("distroless-static", inputs, lambda to: _write_static(layers, to))
    certificates = f"SSL_CERT_FILE=/{_CERTIFICATES}"
    return {
        "alpine:latest": base_image(layers, (layers.base(),)),
        "gcr.io/distroless/static": base_image(layers, (static,), certificates),
    }


def push_bases(bases: BaseImages, host: str, crane: Path) -> None:
    """Push ``bases`` to the registry at ``host``, a mirror of all registries that they name."""
    for name, image in bases.items():
        _, _, path = canonical_name(name).partition("/")
        folder, _, repository = path.rpartition("/")
        tag = name.partition(":")[2] or "latest"
        Registry(f"{host}/{folder}", crane).push(repository, image, [tag])


def base_image(
    layers: Layers, content: tuple[LayerFile, ...], *variables: str
) -> OciImage[LayerFile]:
    """Return the image of ``content``, which ``layers`` made, with these ``NAME=value``."""
    created = layers.root.release.date.strftime("%Y-%m-%dT%H:%M:%SZ")
    config = {"Env": [_PATH, *variables], "WorkingDir": "/"}
    return oci.image(content, config, {}, created=created, created_by="dev.images.bases")


def _write(file: Path, text: str, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


def _write_static(layers: Layers, stage: Path) -> None:
    root = layers.root.folder
    _write(stage / _CERTIFICATES, (root / _CERTIFICATES).read_text())
    shutil.copytree(root / _TIME_ZONES, stage / _TIME_ZONES, symlinks=True)
    for path, text in _USERS.items():
        _write(stage / path, text)
    (stage / "tmp").mkdir()
    (stage / "tmp").chmod(0o1777)
