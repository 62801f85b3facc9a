"""Output of commands on standard output: a document for programs, or a table for people."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import typer

from promoter.common.errors import Declined
from promoter.common.text import plain

_WIDTH = 100


def print_json(document: Any) -> None:
    """``document`` as indented JSON; records become objects, paths texts."""
    typer.echo(json.dumps(document, indent=2, default=_plain))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of 100 columns at most; what does not fit goes on in the next line of its cell.

    No colour, so that it reads the same in a terminal and in a log.
    """
    # Here, because a program that reads JSON need not wait for it.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        # As text: a title may contain rich's markup, too.
        table.add_row(*(Text("\n".join(map(plain, cell.split("\n")))) for cell in row))
    console = Console(highlight=False)
    console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    console.print(table)


def require_yes(question: str, *, err: bool = False) -> None:
    """Ask on the terminal; raise `Declined` for any answer but yes."""
    if not typer.confirm(question, err=err):
        raise Declined(f"{question.rstrip('?').lower()}: declined, nothing was changed")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
