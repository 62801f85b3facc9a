"""``promoter commits``: the check of a pull request's commit messages."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON, REPOSITORY
from promoter.cli.output import print_json
from promoter.git import Git
from promoter.release.cog import read_cog
from promoter.release.commits import check_commits, required_form


def check_command(
    revisions: Annotated[str, typer.Argument(metavar="RANGE", help="Like main..HEAD.")],
    repository: REPOSITORY = Path(),
    as_json: JSON = False,
) -> int:
    """Exit 1 unless every commit in RANGE is conventional; lists each that is not.

    Example: promoter commits check main..HEAD
    """
    git = Git(repository)
    settings = read_cog(git, "HEAD")
    checked, rejected = check_commits(git, revisions, settings)
    if as_json:
        print_json({"checked": checked, "rejected": rejected})
    elif rejected:
        for commit in rejected:
            typer.echo(commit, err=True)
        typer.echo(required_form(settings), err=True)
        typer.echo("next:  reword them with git rebase --interactive and push again", err=True)
    else:
        typer.echo(f"{checked} commits, all conventional")
    return 1 if rejected else 0
