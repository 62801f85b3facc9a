"""``promoter release init``: propose the settings of an application's release."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import REPOSITORY
from promoter.cli.toolchain import program
from promoter.common.errors import UsageError
from promoter.common.files import write_atomically
from promoter.common.text import plain
from promoter.forge.links import repository_of
from promoter.git import Git
from promoter.programs.registry import configured_mirrors
from promoter.release.bases import base_lookup
from promoter.release.proposal import propose_settings
from promoter.release.settings import SETTINGS_FILE
from promoter.release.source import source_of_commit


def init_command(
    repository: REPOSITORY = Path(),
    charts: Annotated[
        Path | None, typer.Option(help="A clone of the charts repository.", show_default=False)
    ] = None,
    source: Annotated[
        str, typer.Option(help="The repository's public address.", show_default="that of origin")
    ] = "",
) -> None:
    """Write a proposal for ci/release/release.yml, and list what it cannot determine.

    Example: promoter release init --charts ../galoy-private-charts
    """
    git, file = Git(repository), Git(repository).top() / SETTINGS_FILE
    if file.exists():
        raise UsageError(f"write {file}: it exists", next_step="edit it, or remove it first")
    chart = source_of_commit(Git(charts), "HEAD").files if charts else {}
    lookup = base_lookup(program("crane"), configured_mirrors())
    proposal = propose_settings(
        source_of_commit(git, "HEAD"), source or _address(git), chart, lookup
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, proposal.text().encode())
    typer.echo(f"wrote {file}")
    for line in proposal.unknown:
        typer.echo(f"check: {plain(line)}")


def _address(git: Git) -> str:
    """Return the public address of the remote, which is on GitHub."""
    address = git.text("ls-remote", "--get-url", "--", "origin")
    if name := repository_of(address):
        return f"https://github.com/{name}"
    raise UsageError(
        f"find the address of {git.dir}: origin is {address}, not on github.com",
        next_step="name it: --source https://github.com/<owner>/<name>",
    )
