"""``promoter verify``: whether what vouches for an image holds."""

from __future__ import annotations

from typing import Annotated

import typer

from promoter.cli.programs import program
from promoter.cli.release import PUBLIC_KEY_VARIABLE
from promoter.programs.registry import Registry, parse_reference
from promoter.release.cosign import Cosign
from promoter.release.images import Image

app = typer.Typer(help="Check signatures and provenance.")


@app.callback()
def _group() -> None:
    """Keeps `image` a command of its own though it is the only one."""


@app.command("image")
def image_command(
    reference: Annotated[str, typer.Argument(help="<registry>/<name>@sha256:... or :<tag>")],
    key: Annotated[
        str,
        typer.Option(
            "--key", envvar=PUBLIC_KEY_VARIABLE, help="The public key: a file or KMS reference."
        ),
    ],
    commit: Annotated[
        str, typer.Option("--commit", help="What its provenance has to name, 40 hex digits.")
    ] = "",
) -> None:
    """Exit 1 unless the image exists and its signature, provenance and SBOM are the key's.

    Example: promoter verify image gcr.io/galoyorg/lana-bank:0.42.0 --key cosign.pub
    """
    address, name, tag = parse_reference(reference)
    registry = Registry(address, program("crane"))
    image = Image(name, registry.repository(name), registry.required_digest(name, tag))
    vouched = Cosign(program("cosign"), registry, public_key=key).verify(image, commit)
    typer.echo(f"{image.reference}\nversion {vouched.version}\ncommit  {vouched.commit}")
