"""``promoter pipeline pins``: the pins of our own images, for fly."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import PUBLIC_KEY
from promoter.cli.toolchain import program
from promoter.git import Git
from promoter.programs.cosign import Cosign
from promoter.programs.registry import ImageLookup, configured_mirrors
from promoter.release.image_pins import REMOTE, verified_pins, write_pins


def pins_command(
    key: PUBLIC_KEY,
    remote: Annotated[
        str, typer.Option("--remote", help="The repository with the branch image-pins.")
    ] = REMOTE,
) -> None:
    """Print the pins of our images for `fly --load-vars-from`, once each image is verified.

    Exit 1 unless the key signed every image, its provenance and its SBOM.

    Example: promoter pipeline pins --key cosign.pub
    """
    lookup = ImageLookup(program("crane"), configured_mirrors())
    cosign = Cosign(program("cosign"), public_key=key)
    digests = verified_pins(Git(Path.cwd()), lookup, cosign, remote)
    typer.echo(write_pins(digests), nl=False)
