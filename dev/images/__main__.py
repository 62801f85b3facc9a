"""``python -m dev.images`` (make images): build our images, and push them if required.

Prints the pipelines' variables that pin them, as YAML.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dev.images.debian import debian
from dev.images.images import Image, images
from dev.images.layers import Layers
from dev.images.wheel import ROOT, build_wheel
from promoter.cli.progress import shown
from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.programs.oci import write_layout
from promoter.programs.registry import Registry
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache, default_cache

# The names of the pins in ci/*/variables.yml.
_VARIABLES = {
    "promoter": ("promoter-image.digest", "digest"),
    "cepler-resource": ("cepler-resource-image.tag", "tag"),
}


def built(progress: Progress, archive: str = "") -> tuple[Image, ...]:
    """Return both images of this tree; their layers stay in the cache."""
    store = Cache(default_cache())
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(Path(scratch))
        layers = Layers(debian(store, progress, archive), store, progress)
        return images(layers, wheel, Toolchain(ROOT, progress=progress))


def push(image: Image, registry: Registry) -> None:
    """Upload ``image`` with its digest as the tag."""
    registry.push(image.name, image.content, [image.tag])


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, write and push; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.images", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "dist" / "images", metavar="FOLDER")
    parser.add_argument(
        "--push", metavar="REGISTRY", help="push to this registry, such as us.gcr.io/galoyorg"
    )
    parser.add_argument("--archive", default="", help="use this Debian archive instead of apt's")
    given = parser.parse_args(arguments)
    try:
        for image in built(shown(), given.archive):
            folder = given.output / image.name
            shutil.rmtree(folder, ignore_errors=True)
            write_layout(image.content, folder)
            if given.push:
                push(image, Registry(given.push, Toolchain(ROOT).program("crane")))
            name, attribute = _VARIABLES[image.name]
            sys.stdout.write(f"{name}: {getattr(image, attribute)}\n")
    except PromoterError as error:
        sys.stderr.write(f"error: {error}\nnext:  {error.next_step}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
