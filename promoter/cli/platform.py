"""``promoter platform``: the embedded platform, up, down, and how it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from promoter.cli.progress import shown
from promoter.cli.toolchain import toolchain_here

if TYPE_CHECKING:
    from promoter.toolchain.platform import PartStatus, Platform, Running

app = typer.Typer(help="Run Kubernetes and an OCI registry on this machine's loopback.")

_WIDTH = 100
_JSON = Annotated[bool, typer.Option("--json", help="Print JSON for programs to read.")]
_FOLDER = Annotated[
    Path | None, typer.Option("--folder", help="Its folder [<repository>/.local/platform].")
]


def platform_here(folder: Path | None) -> Platform:
    """The platform in ``folder``, by default ``.local/platform`` of the repository."""
    # Here, so that no other command has to load an HTTP client and cryptography.
    from promoter.toolchain.platform import Platform

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
    as_json: _JSON = False,
) -> None:
    """Start what does not run; harmless when everything does."""
    platform = platform_here(folder)
    running = platform.up(platform.toolchain.progress, kubeconfig=kubeconfig, embedded=embedded)
    if as_json:
        typer.echo(json.dumps(_plain(running), indent=2))
        return
    typer.echo(f"kubeconfig  {running.kubeconfig}")
    typer.echo(f"registry    {running.registry}")


@app.command()
def down(folder: _FOLDER = None) -> None:
    """End what `up` started; data is kept."""
    platform_here(folder).down()


@app.command()
def status(folder: _FOLDER = None, as_json: _JSON = False) -> None:
    """Show each part; fails if one has died, with its last lines."""
    platform = platform_here(folder)
    parts = platform.status()
    if as_json:
        running = platform.running()
        whole = {"running": _plain(running) if running else None, "parts": _parts(parts)}
        typer.echo(json.dumps(whole, indent=2))
    else:
        console = Console(highlight=False)
        console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
        console.print(_table(parts))
    if any(part.state == "died" for part in parts):
        platform.require()


def _table(parts: tuple[PartStatus, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "pid", "port", "since"):
        table.add_column(heading, no_wrap=True)
    for part in parts:
        shown = (part.pid, part.port, part.since)
        table.add_row(part.name, part.state, *("" if each is None else str(each) for each in shown))
    return table


def _parts(parts: tuple[PartStatus, ...]) -> list[dict[str, object]]:
    return [
        {
            "name": part.name,
            "state": part.state,
            "pid": part.pid,
            "port": part.port,
            "since": part.since,
            "log": part.log.splitlines(),
        }
        for part in parts
    ]


def _plain(running: Running) -> dict[str, str]:
    return {
        "kubeconfig": str(running.kubeconfig),
        "registry": running.registry,
        "folder": str(running.folder),
    }
