"""``promoter commits``: the check of a pull request's commit messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import REPOSITORY
from promoter.git import Git
from promoter.release.cog import read_cog
from promoter.release.commit_check import check, required_form

app = typer.Typer(help="Check commit messages.")


@app.callback()
def _group() -> None:
    """Keeps `check` a command of its own though it is the only one."""


@app.command("check")
def check_command(
    revisions: Annotated[str, typer.Argument(metavar="RANGE", help="Like main..HEAD.")],
    repository: REPOSITORY = Path(),
) -> int:
    """Exit 1 unless every commit in RANGE is conventional; names each that is not.

    Example: promoter commits check main..HEAD
    """
    git = Git(repository)
    settings = read_cog(git, "HEAD")
    read, refused = check(git, revisions, settings)
    for one in refused:
        typer.echo(f"{one}", err=True)
    if refused:
        typer.echo(required_form(settings), err=True)
        typer.echo("next:  reword them with git rebase --interactive and push again", err=True)
        return 1
    typer.echo(f"{read} commits, all conventional")
    return 0
