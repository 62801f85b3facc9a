"""The images of this tree, built once for all tests, and containers of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from dev.images.__main__ import built
from dev.images.debian import unmet
from dev.images.images import Image
from promoter.common.progress import Silent
from promoter.programs.oci import write_layout
from promoter.toolchain.cache import default_cache


def skip_reason() -> str:
    """Return why the images' tests cannot run here; empty if they can."""
    if missing := unmet(default_cache()):
        return missing
    if shutil.which("bwrap") is None:
        return "bubblewrap is not on PATH"
    probe = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    result = subprocess.run(probe, capture_output=True, text=True, check=False)
    return f"no containers here: {result.stderr.strip()}" if result.returncode else ""


def the_images() -> tuple[Image, ...]:
    """Return the images, built by the first worker of pytest-xdist that needs them."""
    return built(Silent())


@dataclass(frozen=True)
class Container:
    """The merged layers of an image, and the variables of its configuration."""

    root: Path
    variables: Mapping[str, str]

    def run(
        self,
        *command: str,
        stdin: str = "",
        binds: Mapping[Path, str] | None = None,
        variables: Mapping[str, str] | None = None,
        folder: str = "/",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that sees this root (read-only), an empty /tmp, and ``binds``."""
        words = ["bwrap", "--ro-bind", str(self.root), "/", "--dev", "/dev", "--proc", "/proc"]
        words += ["--tmpfs", "/tmp", "--tmpfs", "/root", "--tmpfs", "/run"]
        for place, inside in (binds or {}).items():
            words += ["--ro-bind" if place.is_file() else "--bind", str(place), inside]
        words += ["--unshare-net", "--die-with-parent", "--clearenv", "--chdir", folder]
        for name, value in {**self.variables, "HOME": "/root", **(variables or {})}.items():
            words += ["--setenv", name, value]
        return subprocess.run(
            [*words, *command],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@contextmanager
def container(image: Image, folder: Path) -> Iterator[Container]:
    """A container of ``image`` from its OCI layout; several hundred megabytes."""
    layout, root = folder / "layout", folder / "root"
    write_layout(image.content, layout)
    blobs = layout / "blobs" / "sha256"
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(_blob(blobs, index["manifests"][0]))
    config = json.loads(_blob(blobs, manifest["config"]))
    root.mkdir()
    try:
        for layer in manifest["layers"]:
            file = blobs / layer["digest"].removeprefix("sha256:")
            subprocess.run(["tar", "-xzpf", str(file), "-C", str(root)], check=True)
        # Mount points must exist.
        for name in ("repository", "work"):
            (root / name).mkdir()
        pairs = (pair.split("=", 1) for pair in config["config"]["Env"])
        yield Container(root, dict(pairs))
    finally:
        shutil.rmtree(folder)


def _blob(blobs: Path, descriptor: Mapping[str, str]) -> bytes:
    return (blobs / descriptor["digest"].removeprefix("sha256:")).read_bytes()


def shared_images(factory: pytest.TempPathFactory) -> tuple[Image, ...]:
    """Return the images; workers of one run do not build at the same time."""
    base = factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(run / "images.lock"):
        return the_images()
