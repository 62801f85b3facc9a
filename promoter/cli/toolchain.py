"""``promoter toolchain``: the outside programs, where they are, and making them now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json, print_table
from promoter.cli.progress import shown
from promoter.common.progress import Progress
from promoter.git import Git
from promoter.toolchain import NAMES, InventoryEntry, Toolchain

app = typer.Typer(
    help="Find the outside programs, or build their pinned versions once.",
    invoke_without_command=True,
)

_HEADINGS = ("program", "version", "source", "place, or why not the one on PATH")
_SOURCES = {
    "path": "found on PATH",
    "cache": "built here",
    "wheel": "Python package",
    "build": "not built yet",
    "missing": "missing",
}


def toolchain_here(progress: Progress) -> Toolchain:
    """The toolchain of the repository that the current folder is in."""
    return Toolchain(Git(Path.cwd()).top(), progress=progress)


@app.callback()
def default(context: typer.Context) -> None:
    """Without a command: the list."""
    if context.invoked_subcommand is None:
        list_programs()


@app.command("list")
def list_programs(as_json: JSON = False) -> None:
    """Show each program, its version and where it comes from; builds nothing.

    Example: promoter toolchain list --json
    """
    entries = toolchain_here(shown()).inventory()
    if as_json:
        print_json(entries)
    else:
        print_table(_HEADINGS, map(_row, entries))


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all if none.")] = None,
    as_json: JSON = False,
) -> None:
    """Find or build programs now, so that no later command has to wait for them.

    Example: promoter toolchain build helm kubectl
    """
    toolchain = toolchain_here(shown())
    paths = {name: toolchain.program(name) for name in names or NAMES}
    if as_json:
        print_json(paths)


@app.command()
def path(name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]) -> None:
    """Print the path of a program; builds it if it has to.

    Example: promoter toolchain path helm
    """
    typer.echo(str(toolchain_here(shown()).program(name)))


def _row(entry: InventoryEntry) -> tuple[str, ...]:
    # What is built has a long path that says little; `path` prints it.
    path = "" if entry.source == "cache" else _shortened(entry.path)
    place = "; ".join(text for text in (path, entry.note) if text)
    return (entry.name, entry.version, _SOURCES[entry.source], place)


def _shortened(path: Path | None) -> str:
    if path is None:
        return ""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
