"""``promoter pipeline``: render, check and draw the Concourse pipelines."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json
from promoter.concourse.checks import check_all
from promoter.concourse.deployments import generate as run
from promoter.concourse.journey import PAGE, REMEDY, updated_page
from promoter.git import Git

ROOT = Annotated[
    Path | None,
    typer.Option("--root", help="The repository.", show_default="the repository's top"),
]


def generate(root: ROOT = None) -> None:
    """Render every pipeline with ytt, including the values from cepler's files.

    Example: promoter pipeline generate
    """
    for line in run(root or _top()):
        typer.echo(line)


def check_command(root: ROOT = None, as_json: JSON = False) -> int:
    """Exit 1 unless every rendered pipeline is up to date and free of findings.

    Example: promoter pipeline check
    """
    found = check_all(root or _top())
    if as_json:
        print_json(found)
        return 1 if any(found.values()) else 0
    for name, findings in found.items():
        for line in map(str, findings) if findings else ["no problems found"]:
            typer.echo(f"{name}: {line}")
    return 1 if any(found.values()) else 0


def graph_command(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if it is out of date.")
    ] = False,
    root: ROOT = None,
) -> int:
    """Draw the way of a commit to production into docs/pipelines.md.

    Example: promoter pipeline graph --check
    """
    top = root or _top()
    page = top / PAGE
    present = page.read_text(encoding="utf-8")
    updated = updated_page(present, top)
    if updated == present:
        return 0
    if check_only:
        typer.echo(f"{PAGE} is out of date: {REMEDY}")
        return 1
    page.write_text(updated, encoding="utf-8")
    return 0


def _top() -> Path:
    return Git(Path.cwd()).top()
