"""Our images and their layers; layers that both have are the same bytes.

| image | layers |
|---|---|
| cepler-resource | Debian, promoter's dependencies, promoter, /opt/resource |
| promoter | Debian, promoter's dependencies, promoter, the programs that tasks call |
| promoter-wheel | the wheel alone |
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.images import wheel
from dev.images.debian import Root
from dev.images.layers import Layers
from promoter.programs import oci
from promoter.programs.oci_layout import LayerFile
from promoter.release.image_pins import write_pins
from promoter.toolchain import Toolchain

PROGRAMS = ("cosign", "crane", "helm", "kubectl", "kubelogin", "tofu")
"""The programs of tasks, besides promoter and git; node is one of promoter's dependencies."""
RESOURCE = wheel.ROOT / "ci" / "deployments" / "cepler-resource"
NAMES = ("cepler-resource", "promoter", "promoter-wheel")
_PATH = "/opt/promoter/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Image:
    """An image of ours: its name and its content."""

    name: str
    content: oci.OciImage[LayerFile]

    @property
    def digest(self) -> str:
        """The digest that a pin names."""
        return self.content.digest

    @property
    def tag(self) -> str:
        """A tag made of the digest, for pipelines that can name nothing but a tag.

        ``sha256-...`` is the tag of an image's signatures where a registry has no referrers.
        """
        return self.digest.removeprefix("sha256:")


def pins(images: Iterable[Image]) -> str:
    """Return the variables that pin ``images``, as `write_pins` does."""
    return write_pins({image.name: image.digest for image in images})


def images(layers: Layers, built: wheel.Wheel, toolchain: Toolchain) -> tuple[Image, ...]:
    """Return every image, with the wheel ``built`` in it."""
    shared = (
        layers.base(),
        layers.staged(
            "dependencies", wheel.dependencies(), lambda to: _dependencies(layers, built, to)
        ),
        layers.staged("promoter", built.installed, lambda to: _promoter(layers, built, to)),
    )
    own = {name: toolchain.built(name) for name in PROGRAMS}
    resource = layers.staged("resource", _scripts(), _resource)
    programs = layers.staged("programs", _fingerprint(own), lambda to: _programs(own, to))
    return (
        _image("cepler-resource", layers.root, (*shared, resource)),
        _image("promoter", layers.root, (*shared, programs)),
        _image("promoter-wheel", layers.root, (_wheel(layers, built),)),
    )


def _dependencies(layers: Layers, built: wheel.Wheel, stage: Path) -> None:
    wheel.install_dependencies(built, stage / "opt" / "promoter")
    layers.compile_python(stage)


def _promoter(layers: Layers, built: wheel.Wheel, stage: Path) -> None:
    wheel.install_alone(built, stage / "opt" / "promoter")
    layers.compile_python(stage)


def _wheel(layers: Layers, built: wheel.Wheel) -> LayerFile:
    return layers.staged(
        "wheel", built.digest.encode(), lambda to: _put(built.file, to / built.file.name, 0o644)
    )


def _resource(stage: Path) -> None:
    for file in sorted((RESOURCE / "opt" / "resource").iterdir()):
        _put(file, stage / "opt" / "resource" / file.name)


def _scripts() -> bytes:
    files = sorted((RESOURCE / "opt" / "resource").iterdir())
    return b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)


def _programs(programs: Mapping[str, Path], stage: Path) -> None:
    for name, file in programs.items():
        _put(file, stage / "usr" / "local" / "bin" / name)


def _fingerprint(programs: Mapping[str, Path]) -> bytes:
    """Return sizes and times of the programs: reading 300 MB each time would take seconds."""
    stats = {name: file.resolve().stat() for name, file in programs.items()}
    return _json({name: [s.st_size, s.st_mtime_ns] for name, s in stats.items()})


def _put(file: Path, target: Path, mode: int = 0o755) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(mode)


def _image(name: str, root: Root, layers: Sequence[LayerFile]) -> Image:
    created = root.release.date.strftime("%Y-%m-%dT%H:%M:%SZ")
    config = {"Env": [f"PATH={_PATH}", "LANG=C.UTF-8"], "WorkingDir": "/"}
    annotations = {"org.opencontainers.image.title": name}
    created_by = "python -m dev.images"
    return Image(
        name, oci.image(layers, config, annotations, created=created, created_by=created_by)
    )


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
