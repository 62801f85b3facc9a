"""The images that the vendored chart pins: the placeholders of ``upstream/``, if they are these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.git import Git
from promoter.programs.oci import Layer, OciImage
from promoter.programs.registry import ImageLookup
from promoter.release.placeholders import read_placeholders
from promoter.release.settings import read_settings
from promoter.release.source import source_of_commit
from promoter.release.upstream import export
from promoter.vendoring.pins import Pin, read_pins

VALUES = "charts/lana-bank/values.yaml"
VERSION = "0.1.0"
"""The version that the images of ``upstream/`` carry (make upstream)."""

# Not the version: a release of it may have other content.
_TAG = "pinned"


@dataclass(frozen=True)
class PinnedImage:
    """A pinned image; ``missing`` says why the registry does not have it, "" if it has."""

    image: str
    digest: str
    missing: str


Builds = Callable[[str], Mapping[str, OciImage[Layer]]]
"""Return the images of a source repository by name, none where ``upstream/`` does not have it."""


def provide_pinned(git: Git, registry: str, crane: Path) -> tuple[PinnedImage, ...]:
    """Give ``registry`` (host:port) the images that the chart at HEAD pins.

    Those that it lacks are built from ``upstream/<repository>`` of the checkout ``git``, and
    pushed if their digest is the pinned one.
    """
    values = git.file("HEAD", VALUES)
    pins = [pin for pin in read_pins((values or b"").decode()) if pin.image]
    lookup = ImageLookup(crane, {pin.image.partition("/")[0]: registry for pin in pins})
    builds = cache(lambda source: _built(git.dir / "upstream" / Path(source).name))
    return tuple(_provide(pin, lookup, builds) for pin in pins)


def _provide(pin: Pin, lookup: ImageLookup, builds: Builds) -> PinnedImage:
    registry, name, digest = lookup.locate(f"{pin.image}@{pin.digest}")
    missing = ""
    if registry.digest(name, digest) is None:
        image = builds(pin.source).get(pin.app)
        if image is not None and image.digest == digest:
            registry.push(name, image, [_TAG])
        else:
            made = f"has {image.digest[:19]}" if image else "is missing"
            folder = f"upstream/{Path(pin.source).name}"
            missing = f"it is of commit {pin.commit_ref[:12]}; that of {folder} {made}"
    return PinnedImage(pin.image, pin.digest, missing)


def _built(folder: Path) -> Mapping[str, OciImage[Layer]]:
    if not folder.is_dir():
        return {}
    with TemporaryDirectory() as scratch:
        bare = Path(scratch) / "source.git"
        source = source_of_commit(Git(bare), export(folder, bare))
    return read_placeholders(folder).images(source, VERSION, read_settings(source).source)
