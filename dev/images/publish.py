"""``python -m dev.images.publish FOLDER``: push the images in FOLDER, sign them, and pin them.

Each has a signature, an SBOM and SLSA provenance, made with the key in COSIGN_KEY. With
``--remote`` their digests are committed to the branch `image_pins.BRANCH` there, from which every
``repipe`` reads the variables of its pipeline.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.images.images import NAMES, Image, pins
from dev.images.wheel import ROOT, version
from promoter.cli import guarded
from promoter.cli.options import KEY_VARIABLE
from promoter.cli.progress import shown
from promoter.common.progress import Progress
from promoter.git import Git
from promoter.git.ledger import Entry, Ledger
from promoter.programs.cosign import Cosign
from promoter.programs.oci_layout import read_layout
from promoter.programs.registry import Registry
from promoter.release import images as released
from promoter.release.application import BOT
from promoter.release.image_pins import BRANCH, FILE
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.supply_chain import BUILDER, SupplyChain
from promoter.toolchain import Toolchain

RECIPE = "dev/images/images.py"


def read(folder: Path) -> tuple[Image, ...]:
    """Return our images in ``folder``; raises `InvalidImage` where one is missing."""
    return tuple(Image(name, read_layout(folder / name)) for name in NAMES)


def publish(
    images: Sequence[Image], chain: SupplyChain, source: SourceTree, progress: Progress
) -> None:
    """Push ``images``, which were built from ``source``, each with its evidence."""
    for each in images:
        repository = chain.registry.repository(each.name)
        with progress.task(f"push {repository}@{each.digest}"):
            chain.registry.push(each.name, each.content, [each.tag])
            pushed = released.Image(each.name, repository, each.digest)
            chain.attest(pushed, source, version(), BUILDER, recipe=RECIPE)


def pin(images: Sequence[Image], git: Git, remote: str, commit: str) -> None:
    """Commit the pins of ``images``, built from ``commit``, to the branch unless it has them."""
    content, ledger = pins(images).encode(), Ledger(git, remote, BRANCH)
    entry = Entry({FILE: content}, f"ci: images of {commit[:12]} [ci skip]", author=BOT)
    tip = ledger.tip()
    if tip is None or git.file(tip, FILE) != content:
        ledger.append(lambda _tip: entry)


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish and pin; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.images.publish", description=__doc__)
    parser.add_argument("folder", type=Path, help="the images, as python -m dev.images wrote them")
    parser.add_argument("--registry", required=True, help="such as us.gcr.io/galoyorg")
    parser.add_argument("--remote", help="git remote whose branch takes the pins")
    given = parser.parse_args(arguments)
    images = read(given.folder)
    git, programs = Git(ROOT), Toolchain(ROOT)
    cosign = Cosign(programs.program("cosign"), os.environ.get(KEY_VARIABLE, ""))
    chain = SupplyChain(cosign, Registry(given.registry, programs.program("crane")))
    source = source_of_commit(git, "HEAD")
    publish(images, chain, source, shown())
    if given.remote:
        pin(images, git, given.remote, source.commit)
    sys.stdout.write(pins(images))
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
