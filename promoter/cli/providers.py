"""``promoter providers``."""

from typing import Annotated

import typer

from promoter.cli.toolchain import current_toolchain
from promoter.synthesis.provider_locks import SYSTEMS, lock_providers


def lock(
    platforms: Annotated[
        list[str] | None,
        typer.Argument(help="azure, gcp or local; all by default.", show_default=False),
    ] = None,
    mirror: Annotated[
        str, typer.Option(help="Folder or https address instead of the registry.")
    ] = "",
    system: Annotated[
        list[str] | None,
        typer.Option(help=f"Operating system to lock [{', '.join(SYSTEMS)}].", show_default=False),
    ] = None,
) -> None:
    """Write the lock of each platform's providers, for review and commit.

    Where a lock is committed, every init takes exactly these packages. OpenTofu reads them from
    the registry, or from --mirror.

    Example: promoter providers lock gcp
    """
    toolchain = current_toolchain()
    for file in lock_providers(
        toolchain, platforms or (), mirror=mirror, systems=system or SYSTEMS
    ):
        typer.echo(f"{file.relative_to(toolchain.root)}: written; review and commit it")
