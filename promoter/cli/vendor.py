"""``promoter vendor``: sync, check and bump the vendored charts."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.common.errors import UsageError
from promoter.common.text import plain
from promoter.git import Git
from promoter.vendoring import check, sync
from promoter.vendoring.config import CONFIG_NAME
from promoter.vendoring.fetch import find_vendir


class Vendir(StrEnum):
    """The choice of the program that fetches."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_Vendir = Annotated[
    Vendir, typer.Option("--vendir", help="Fetch with the vendir on PATH: if it exists, or never.")
]
_Root = Annotated[
    Path | None,
    typer.Option("--root", help="Folder of vendir.yml.", show_default="the repository's top"),
]


def sync_command(
    locked: Annotated[
        bool, typer.Option("--locked", help="Take the commits of vendir.lock.yml.")
    ] = False,
    lazy: Annotated[
        bool, typer.Option("--lazy/--no-lazy", help="Skip lazy contents while unchanged.")
    ] = True,
    vendir: _Vendir = Vendir.AUTO,
    root: _Root = None,
    as_json: JSON = False,
) -> None:
    """Fetch the dependencies in vendir.yml and write vendir.lock.yml.

    Example: promoter vendor sync --locked
    """
    program = find_vendir(vendir)
    lock = sync(root or _top(), locked=locked, lazy=lazy, vendir=program, progress=shown())
    if as_json:
        print_json(lock)
        return
    for directory in lock.directories:
        for contents in directory.contents:
            git = contents.git
            typer.echo(f"{directory.path}/{contents.path}  {git.sha}  {plain(git.commit_title)}")


def check_command(vendir: _Vendir = Vendir.AUTO, root: _Root = None, as_json: JSON = False) -> int:
    """Exit 1 unless every vendored file matches the commits in vendir.lock.yml.

    Example: promoter vendor check
    """
    differences = check(root or _top(), vendir=find_vendir(vendir), progress=shown())
    if as_json:
        print_json({"differences": differences})
        return 1 if differences else 0
    for difference in differences:
        typer.echo(str(difference))
    if differences:
        next_step = "promoter vendor sync --locked, or commit the lock that belongs to the files"
        typer.echo(f"next:  {next_step}", err=True)
    return 1 if differences else 0


def bump_command(
    dependency: Annotated[str, typer.Argument(envvar="DEP", help="Dependency, like lana-bank.")],
    ref: Annotated[str, typer.Argument(envvar="REF", help="Commit, tag or branch.")],
    push: Annotated[bool, typer.Option("--push", help="Push it, by compare-and-swap.")] = False,
    remote: Annotated[str, typer.Option("--remote", help="Git remote to push to.")] = "origin",
    branch: Annotated[
        str, typer.Option("--branch", help="Branch of the remote; default: the one checked out.")
    ] = "",
    digest_check: Annotated[
        bool,
        typer.Option(
            "--digest-check/--no-digest-check",
            help="Look new pins up in their registry (or its PROMOTER_REGISTRY_MIRROR).",
        ),
    ] = True,
    untested: Annotated[
        str,
        typer.Option(metavar="REASON", help="Bump without a testflight; the commit records why."),
    ] = "",
    vendir: _Vendir = Vendir.AUTO,
    root: _Root = None,
) -> None:
    """Vendor another ref in one commit; exit 2 where it is vendored already.

    Example: promoter vendor bump lana-bank main --push
    """
    # Imported here: it takes longer than a whole sync.
    from promoter.testflight.attestation import proof
    from promoter.vendoring.bump import BumpOptions, bump

    if not dependency or not ref:
        raise UsageError(
            "bump: DEP or REF is empty", next_step="promoter vendor bump lana-bank REF"
        )
    folder = root or _top()
    options = BumpOptions(
        remote=remote,
        branch=branch,
        vendir=find_vendir(vendir),
        check_digests=digest_check,
        proof=lambda sha: proof(Git(folder), remote, sha, untested),
        progress=shown(),
    )
    result = bump(folder, dependency, ref, push=push, options=options)
    typer.echo(result.message)
    typer.echo(f"commit {result.commit}{' (pushed)' if push else ''}")


def _top() -> Path:
    folder = Path.cwd()
    return folder if (folder / CONFIG_NAME).is_file() else Git(folder).top()
