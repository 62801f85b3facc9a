"""``python -m dev.images.workflows`` (make workflow-image): let GitHub's jobs run in a new image.

Sets the variable `VARIABLE` of each environment whose jobs run in our task image to the digest
that the branch `image-pins` has, once the key in COSIGN_PUBLIC_KEY has verified the image. The
token in GH_TOKEN reads and writes environments of these repositories.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from dev.rulesets import REPOSITORIES, ROOT
from promoter.cli import guarded
from promoter.cli.options import PUBLIC_KEY_VARIABLE
from promoter.concourse.settings import workflow_settings
from promoter.forge.forge import Forge
from promoter.forge.remote import forge_of
from promoter.git import Git
from promoter.programs.cosign import Cosign
from promoter.programs.registry import ImageLookup, configured_mirrors
from promoter.release.image_pins import verified_pins
from promoter.toolchain import Toolchain

VARIABLE = "PROMOTER_IMAGE_DIGEST"
_NAMES = [each.name for each in REPOSITORIES if each != ROOT]


def environments(repository: Path) -> list[str]:
    """Return the environments of the jobs that run in our task image."""
    files = (repository / ".github" / "workflows").glob("*.yml")
    texts = {each.stem: each.read_text(encoding="utf-8") for each in files}
    return sorted(workflow_settings(texts).get(f"vars.{VARIABLE}", {}))


def set_image(forge: Forge, repository: Path, digest: str) -> Iterator[str]:
    """Set the variable in each environment of ``repository``; yield what was done."""
    for environment in environments(repository):
        changed = forge.set_workflow_variable(environment, VARIABLE, digest)
        done = f"set to {digest}" if changed else "already up to date"
        yield f"{repository.name}: environment {environment}: {VARIABLE} {done}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Set it in the named repository, in all of them without one; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.images.workflows", description=__doc__)
    parser.add_argument("--only", choices=_NAMES, help="one of the repositories")
    given = parser.parse_args(arguments)
    git, programs = Git(ROOT), Toolchain(ROOT)
    lookup = ImageLookup(programs.program("crane"), configured_mirrors())
    cosign = Cosign(programs.program("cosign"), public_key=os.environ.get(PUBLIC_KEY_VARIABLE, ""))
    digest = verified_pins(git, lookup, cosign)["promoter"]
    for each in REPOSITORIES:
        if each.name in ([given.only] if given.only else _NAMES):
            forge = forge_of(git, f"git@github.com:GaloyMoney/{each.name}.git")
            for line in set_image(forge, each, digest):
                sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
