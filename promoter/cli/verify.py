"""``promoter verify``: signature, provenance and SBOM of an image."""

from typing import Annotated

import typer

from promoter.cli.options import PUBLIC_KEY_VARIABLE
from promoter.cli.toolchain import program
from promoter.programs.cosign import Cosign
from promoter.programs.registry import ImageLookup
from promoter.release.images import Image
from promoter.release.supply_chain import SupplyChain


def image_command(
    reference: Annotated[str, typer.Argument(help="<registry>/<name>@sha256:... or :<tag>")],
    key: Annotated[
        str,
        typer.Option(
            "--key", envvar=PUBLIC_KEY_VARIABLE, help="The public key: a file or KMS reference."
        ),
    ],
    commit: Annotated[
        str,
        typer.Option("--commit", help="The commit that its provenance must name, 40 hex digits."),
    ] = "",
) -> None:
    """Exit 1 unless the image exists and its signature, provenance and SBOM are the key's.

    Example: promoter verify image gcr.io/galoyorg/lana-bank:0.42.0 --key cosign.pub
    """
    registry, name, tag = ImageLookup(program("crane")).locate(reference)
    image = Image(name, registry.repository(name), registry.required_digest(name, tag))
    cosign = Cosign(program("cosign"), public_key=key)
    provenance = SupplyChain(cosign, registry).verify(image, commit)
    typer.echo(f"{image.reference}\nversion {provenance.version}\ncommit  {provenance.commit}")
