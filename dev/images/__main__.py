"""``python -m dev.images`` (make images): build our images as OCI layouts.

Prints the pipelines' variables that pin them, as YAML; `dev.images.publish` pushes them.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dev.images.debian import debian
from dev.images.images import Image, images, pins
from dev.images.layers import Layers
from dev.images.wheel import ROOT, build_wheel
from promoter.cli import guarded
from promoter.cli.progress import shown
from promoter.common.progress import Progress
from promoter.programs.oci import write_layout
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache, default_cache


def built(progress: Progress, archive: str = "") -> tuple[Image, ...]:
    """Return the images of this tree; their layers stay in the cache."""
    store = Cache(default_cache())
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(Path(scratch))
        layers = Layers(debian(store, progress, archive), store, progress)
        return images(layers, wheel, Toolchain(ROOT, progress=progress))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and write; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.images", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "images", metavar="FOLDER")
    parser.add_argument("--archive", default="", help="use this Debian archive instead of apt's")
    given = parser.parse_args(arguments)
    found = built(shown(), given.archive)
    for image in found:
        folder = given.output / image.name
        shutil.rmtree(folder, ignore_errors=True)
        write_layout(image.content, folder)
    sys.stdout.write(pins(found))
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
