"""``promoter version``: the next version, and the version branch."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from promoter.cli.options import REPOSITORY
from promoter.git import Git
from promoter.release.cog import read_cog
from promoter.release.settings import breaking_rule
from promoter.release.version import candidate_at, next_version, version_tags
from promoter.release.version_branch import VersionBranch


def next_command(
    final: Annotated[bool, typer.Option("--final", help="The release, not its candidate.")] = False,
    commit: Annotated[str, typer.Option("--commit", help="The commit to release.")] = "HEAD",
    breaking_below_one: Annotated[
        Literal["major", "minor"] | None,
        typer.Option(
            help="The increment of a breaking change below 1.0.0.",
            show_default="ci/release/release.yml, else major",
        ),
    ] = None,
    claimed: Annotated[
        bool, typer.Option("--claimed", help="The commit's own candidate, if it is one already.")
    ] = False,
    repository: REPOSITORY = Path(),
    output: Annotated[Path | None, typer.Option("--output", help="Write it to a file too.")] = None,
) -> None:
    """Print the next version; exit 2 where no commit requires a release.

    Example: promoter version next --final
    """
    git = Git(repository)
    cog = read_cog(git, commit)
    tags = version_tags(git, cog.tag_prefix) if claimed else []
    if (own := candidate_at(tags, git.commit(commit) or "")) is not None:
        version = own.version.finalize_version() if final else own.version
    else:
        rule = breaking_below_one or breaking_rule(git, commit)
        following = next_version(git, commit, cog, rule)
        version = following.final if final else following.candidate
    typer.echo(version)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(f"{version}\n")


def current_command(
    remote: Annotated[str, typer.Option("--remote")] = "origin",
    branch: Annotated[str, typer.Option("--branch")] = "version",
    repository: REPOSITORY = Path(),
) -> None:
    """Print the version of the version branch (0.0.0 before the first candidate).

    Example: promoter version current -C lana-bank
    """
    typer.echo(VersionBranch(Git(repository), remote, branch).read().version)
