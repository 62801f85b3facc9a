"""``promoter lint``: find holes in the gate."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON, NAMES
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.git import Git
from promoter.lint import lint as run


def lint(
    names: NAMES = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help="Also report what is weaker than where the branch left it."),
    ] = None,
    pushed: Annotated[
        str | None,
        typer.Option("--pushed", help="Also report commits since this one without a review."),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Add missing patterns to the cepler files.")
    ] = False,
    as_json: JSON = False,
) -> int:
    """Find holes in the gate at HEAD, such as files that no pattern covers.

    Exit code 1 if there is one. What concerns no single environment is always checked.

    Example: promoter lint local --base origin/main
    """
    report = run(Git(Git(Path.cwd()).top()), shown(), base, names or (), fix=fix, pushed=pushed)
    if as_json:
        print_json({"findings": report.findings} | ({"added": report.added} if fix else {}))
        return 1 if report.findings else 0
    for line in (*report.added, *report.findings):
        typer.echo(str(line))
    if report.added:
        typer.echo("commit the added patterns: the gate reads commits")
    if not report.findings:
        typer.echo("no problems found in the gate")
    return 1 if report.findings else 0
