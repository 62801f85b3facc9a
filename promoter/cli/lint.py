"""``promoter lint``: whether the gate decides over all that it should."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json


def lint(
    base: Annotated[
        str | None,
        typer.Option("--base", help="Also fail where the gate is weaker than it was here."),
    ] = None,
    as_json: JSON = False,
) -> int:
    """Look for holes in the gate at HEAD: files that no pattern covers, and more.

    Exit code 1 where there is one.

    Example: promoter lint --base origin/main
    """
    from promoter.cli.progress import shown
    from promoter.git import Git
    from promoter.lint import lint as run

    found = run(Git(Git(Path.cwd()).top()), shown(), base)
    if as_json:
        print_json({"findings": found})
    else:
        for each in found:
            typer.echo(str(each))
        if not found:
            typer.echo("the gate has no holes that a rule knows")
    return 1 if found else 0
