"""``promoter pipeline comment`` and ``report``: results that a task shows on GitHub."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, REMOTE
from promoter.cli.progress import shown
from promoter.deploy.report import reporter_of
from promoter.forge.github import GitHubForge
from promoter.forge.links import API
from promoter.site.site import Site


def comment_command(
    number: Annotated[int, typer.Argument(help="The pull request's number.")],
    file: Annotated[Path, typer.Argument(help="The comment, Markdown.")],
    repository: Annotated[str, typer.Option(help="Like GaloyMoney/lana-bank.")],
    topic: Annotated[str, typer.Option(help="A comment of the same topic is replaced.")],
    token: Annotated[str, typer.Option(envvar="GH_TOKEN", show_default=False)],
    address: Annotated[
        str, typer.Option(envvar="GITHUB_API_URL", help="The address of GitHub's API.")
    ] = API,
) -> None:
    """Comment on a pull request, replacing the last comment of the same topic.

    Example: promoter pipeline comment 17 gate.md --repository GaloyMoney/lana-bank --topic gate
    """
    forge = GitHubForge(repository, token, address)
    typer.echo(forge.put_comment(number, topic, file.read_text(encoding="utf-8")))


def report_command(
    environment: Annotated[str, typer.Argument(help="The environment that was recorded.")],
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Show on GitHub which environments wait for votes, once one before them is recorded.

    `promoter deploy` does it too where it records. An error of GitHub is a note.

    Example: promoter pipeline report gcp-volcano-qa --remote origin
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch)
    if reporter := reporter_of(site, shown(), required=True):
        reporter.waiting(site, environment)
