"""``promoter toolchain``: list, build and locate the outside programs."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json, print_table
from promoter.cli.progress import shown
from promoter.common.errors import ProgramMissing
from promoter.git import Git
from promoter.toolchain import NAMES, InventoryEntry, Toolchain
from promoter.toolchain.recipes import SHARED

_HEADINGS = ("program", "version", "source", "path, or why the one on PATH is not accepted")
_SOURCES = {
    "path": "found on PATH",
    "cache": "built here",
    "wheel": "Python package",
    "build": "not built yet",
    "missing": "missing",
}


def current_toolchain() -> Toolchain:
    """Return the toolchain of the repository that the current folder is in."""
    return Toolchain(Git(Path.cwd()).top(), progress=shown())


def program(name: str) -> Path:
    """Return ``name`` on PATH, else from the toolchain in or above this folder or this module.

    For commands that also run in the task images of other repositories, which have their
    programs on PATH. Raises `ProgramMissing` where neither exists.
    """
    found = shutil.which(name)
    if found:
        return Path(found)
    for folder in (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents):
        if (folder / "dev" / "toolchain" / SHARED / "go.mod").is_file():
            return Toolchain(folder, progress=shown()).program(name)
    raise ProgramMissing(f"find {name}: it is not on PATH", next_step=f"install {name}")


def list_programs(as_json: JSON = False) -> None:
    """Show each program, its version and where it comes from; builds nothing.

    Example: promoter toolchain list --json
    """
    entries = current_toolchain().inventory()
    if as_json:
        print_json(entries)
    else:
        print_table(_HEADINGS, map(_row, entries))


def build(
    names: Annotated[
        list[str] | None, typer.Argument(help="Programs to build; all by default.")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Find or build programs now, so that no later command has to wait for them.

    Example: promoter toolchain build helm kubectl
    """
    toolchain = current_toolchain()
    paths = toolchain.programs(names or NAMES)
    if as_json:
        print_json(paths)


def path(name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")]) -> None:
    """Print the path of a program, which is built if necessary.

    Example: promoter toolchain path helm
    """
    typer.echo(str(current_toolchain().program(name)))


def _row(entry: InventoryEntry) -> tuple[str, ...]:
    # The path of a built program is long and says little; `path` prints it.
    path = "" if entry.source == "cache" else _shortened(entry.path)
    place = "; ".join(text for text in (path, entry.note) if text)
    return (entry.name, entry.version, _SOURCES[entry.source], place)


def _shortened(path: Path | None) -> str:
    if path is None:
        return ""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
