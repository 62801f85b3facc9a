"""``promoter platform``: the embedded platform, up, down, and how it is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json, print_table
from promoter.cli.progress import shown
from promoter.cli.toolchain import toolchain_here

if TYPE_CHECKING:
    from promoter.platform import PartStatus, Platform

app = typer.Typer(help="Run Kubernetes and an OCI registry on this machine's loopback.")

_FOLDER = Annotated[
    Path | None, typer.Option("--folder", help="Its folder [<repository>/.local/platform].")
]


def platform_here(folder: Path | None) -> Platform:
    """The platform in ``folder``, by default ``.local/platform`` of the repository."""
    # Here, so that no other command has to load an HTTP client and cryptography.
    from promoter.platform import Platform

    toolchain = toolchain_here(shown())
    return Platform(folder or toolchain.root / ".local" / "platform", toolchain)


@app.command()
def up(
    folder: _FOLDER = None,
    kubeconfig: Annotated[
        Path | None, typer.Option(help="Use this cluster of your own, now and from now on.")
    ] = None,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Use the embedded cluster again.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Start what does not run; harmless when everything does.

    Example: promoter platform up --kubeconfig ~/.kube/config
    """
    platform = platform_here(folder)
    running = platform.up(platform.toolchain.progress, kubeconfig=kubeconfig, embedded=embedded)
    if as_json:
        print_json(running)
        return
    typer.echo(f"kubeconfig  {running.kubeconfig}")
    typer.echo(f"registry    {running.registry}")


@app.command()
def down(folder: _FOLDER = None) -> None:
    """End what `up` started; data is kept.

    Example: promoter platform down
    """
    platform_here(folder).down()


@app.command()
def status(folder: _FOLDER = None, as_json: JSON = False) -> None:
    """Show each part; fails if one has died, with its last lines.

    Example: promoter platform status --json
    """
    platform = platform_here(folder)
    parts = platform.status()
    if as_json:
        listed = [{**asdict(part), "log": part.log.splitlines()} for part in parts]
        print_json({"running": platform.running(), "parts": listed})
    else:
        print_table(("part", "state", "pid", "port", "since"), map(_row, parts))
    if any(part.state == "died" for part in parts):
        platform.require()


def _row(part: PartStatus) -> tuple[str, ...]:
    details = (part.pid, part.port, part.since)
    return (part.name, part.state, *("" if each is None else str(each) for each in details))
