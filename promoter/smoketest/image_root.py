"""A pinned image's files in a folder, and how its program is started there.

For stand-in programs, which are single files of an interpreted language: they run on this
machine, not in a container, so paths of the entrypoint that the image has are taken from the
folder. Nothing is ever written outside of it.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

from promoter.programs import oci
from promoter.programs.registry import Registry
from promoter.smoketest.errors import SmoketestError
from promoter.smoketest.processes import Program


def program_of(reference: str, registry: str, crane: Path, folder: Path) -> Program:
    """The program of the image ``reference`` (``gcr.io/x/y@sha256:...``), its files in ``folder``.

    Raises what `image_files` does, and `SmoketestError` for what cannot be run.
    """
    image = image_files(reference, registry, crane, folder)
    return _program(reference, json.loads(image.config.content).get("config", {}), folder)


def image_files(
    reference: str, registry: str, crane: Path, folder: Path
) -> oci.OciImage[oci.Layer]:
    """The image ``reference``, its files in ``folder``.

    Pulled from ``registry`` (host:port), which stands in for the one that is named. Raises
    `RegistryError` where it does not have it, `SmoketestError` for what is not pinned.
    """
    path, _, digest = reference.partition("@")
    place, _, name = path.partition("/")[2].rpartition("/")
    if not (name and digest.startswith("sha256:")):
        raise SmoketestError(f"run {reference}: it is not pinned by its digest")
    image = Registry(f"{registry}/{place}" if place else registry, crane).pull(name, digest)
    if image.digest != digest:
        raise SmoketestError(f"run {reference}: the registry gave {image.digest}")
    _unpack(image, folder)
    return image


def _unpack(image: oci.OciImage[oci.Layer], folder: Path) -> None:
    """Lay the layers over each other; what would leave the folder is refused (PEP 706)."""
    for layer in image.layers:
        with tarfile.open(fileobj=io.BytesIO(layer.tar)) as archive:
            try:
                archive.extractall(folder, filter="data")
            except tarfile.TarError as error:
                raise SmoketestError(f"unpack image {image.digest[:19]}: {error}") from error


def _program(reference: str, config: Mapping[str, object], folder: Path) -> Program:
    command = [*_words(config, "Entrypoint"), *_words(config, "Cmd")]
    if not command:
        raise SmoketestError(f"run {reference}: the image has no entrypoint")
    argv = tuple(inside(word, folder) for word in command)
    variables = dict(pair.split("=", 1) for pair in _words(config, "Env") if "=" in pair)
    kept = {name: value for name, value in variables.items() if name not in {"PATH", "HOST"}}
    port = kept.pop("PORT", "")
    return Program(argv, kept, int(port) if port.isdigit() else None, source="its image")


def inside(word: str, folder: Path) -> str:
    """``word`` of a command, taken from ``folder`` where it is the path of a file there."""
    there = folder / word.lstrip("/")
    return str(there) if word.startswith("/") and there.exists() else word


def _words(config: Mapping[str, object], key: str) -> list[str]:
    found = config.get(key)
    return [str(word) for word in found] if isinstance(found, list) else []
