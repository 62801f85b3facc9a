"""``promoter toolchain``: the outside programs, where they are, and making them now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from promoter.cli.progress import shown
from promoter.git import Git
from promoter.progress import Progress
from promoter.toolchain import NAMES, Toolchain
from promoter.toolchain.inventory import Entry, inventory

app = typer.Typer(
    help="Find the outside programs, or build their pinned versions once.",
    invoke_without_command=True,
)

_WIDTH = 100
_SOURCES = {
    "path": "found on PATH",
    "cache": "built here",
    "wheel": "Python package",
    "build": "not built yet",
    "missing": "missing",
}
_JSON = Annotated[bool, typer.Option("--json", help="Print JSON for programs to read.")]


def toolchain_here(progress: Progress) -> Toolchain:
    """The toolchain of the repository that the current folder is in."""
    return Toolchain(Git(Path.cwd()).top(), progress=progress)


@app.callback()
def default(context: typer.Context) -> None:
    """Without a command: the list."""
    if context.invoked_subcommand is None:
        list_programs()


@app.command("list")
def list_programs(as_json: _JSON = False) -> None:
    """Show each program, its version and where it comes from; builds nothing."""
    entries = inventory(toolchain_here(shown()))
    if as_json:
        typer.echo(json.dumps([_plain(entry) for entry in entries], indent=2))
    else:
        console = Console(highlight=False)
        console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
        console.print(_table(entries))


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all if none.")] = None,
    as_json: _JSON = False,
) -> None:
    """Find or build programs now, so that no later command has to wait for them."""
    toolchain = toolchain_here(shown())
    paths = {name: str(toolchain.program(name)) for name in names or NAMES}
    if as_json:
        typer.echo(json.dumps(paths, indent=2))


@app.command()
def path(name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]) -> None:
    """Print the path of a program; builds it if it has to."""
    typer.echo(str(toolchain_here(shown()).program(name)))


def _table(entries: tuple[Entry, ...]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("program", "version", "source"):
        table.add_column(heading, no_wrap=True)
    table.add_column("place, or why not the one on PATH", overflow="fold")
    for entry in entries:
        # What is built has a long path that says little; `path` prints it.
        path = "" if entry.source == "cache" else _shortened(entry.path)
        place = "; ".join(text for text in (path, entry.note) if text)
        table.add_row(entry.name, entry.version, _SOURCES[entry.source], place)
    return table


def _shortened(path: Path | None) -> str:
    if path is None:
        return ""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _plain(entry: Entry) -> dict[str, str | None]:
    return {
        "name": entry.name,
        "source": entry.source,
        "version": entry.version,
        "path": str(entry.path) if entry.path else None,
        "note": entry.note,
    }
