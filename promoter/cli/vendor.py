"""``promoter vendor``: the vendored charts, synced, checked and moved to another ref."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.progress import shown
from promoter.common.errors import UsageError
from promoter.common.text import plain
from promoter.git import Git
from promoter.vendoring import check, sync
from promoter.vendoring.config import CONFIG_NAME
from promoter.vendoring.images import MIRROR_VARIABLE
from promoter.vendoring.program import fetcher

app = typer.Typer(help="Sync, check and bump what vendir.yml vendors.")


class Vendir(StrEnum):
    """Whether the program vendir fetches."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_VENDIR = Annotated[
    Vendir, typer.Option("--vendir", help="Fetch with the vendir on PATH: if there, or never.")
]
_ROOT = Annotated[
    Path | None,
    typer.Option("--root", help="The folder of vendir.yml.", show_default="the repository's top"),
]


@app.command("sync")
def sync_command(
    locked: Annotated[
        bool, typer.Option("--locked", help="Take the commits of vendir.lock.yml.")
    ] = False,
    lazy: Annotated[
        bool, typer.Option("--lazy/--no-lazy", help="Leave lazy contents alone while unchanged.")
    ] = True,
    vendir: _VENDIR = Vendir.AUTO,
    root: _ROOT = None,
) -> None:
    """Fetch what vendir.yml names and write vendir.lock.yml.

    Example: promoter vendor sync --locked
    """
    lock = sync(root or _top(), locked=locked, lazy=lazy, fetcher=fetcher(vendir), progress=shown())
    for directory in lock.directories:
        for contents in directory.contents:
            git = contents.git
            typer.echo(f"{directory.path}/{contents.path}  {git.sha}  {plain(git.commit_title)}")


@app.command("check")
def check_command(vendir: _VENDIR = Vendir.AUTO, root: _ROOT = None) -> int:
    """Exit 1 unless every vendored file is what vendir.lock.yml's commits have.

    Example: promoter vendor check
    """
    differences = check(root or _top(), fetcher=fetcher(vendir), progress=shown())
    for difference in differences:
        typer.echo(str(difference))
    if differences:
        typer.echo(
            "next:  promoter vendor sync --locked, or commit the lock that belongs", err=True
        )
    return 1 if differences else 0


@app.command("bump")
def bump_command(
    dependency: Annotated[str, typer.Argument(envvar="DEP", help="Like lana-bank.")],
    ref: Annotated[str, typer.Argument(envvar="REF", help="Commit, tag or branch.")],
    push: Annotated[bool, typer.Option("--push", help="Push it, by compare-and-swap.")] = False,
    remote: Annotated[str, typer.Option("--remote")] = "origin",
    branch: Annotated[
        str, typer.Option("--branch", help="On the remote; default: the one checked out.")
    ] = "",
    digest_check: Annotated[
        bool,
        typer.Option(
            "--digest-check/--no-digest-check",
            help=f"Look new pins up in their registry (or in {MIRROR_VARIABLE}'s).",
        ),
    ] = True,
    untested: Annotated[
        str, typer.Option(metavar="REASON", help="Without a testflight's attestation; is recorded.")
    ] = "",
    vendir: _VENDIR = Vendir.AUTO,
    root: _ROOT = None,
) -> None:
    """Vendor another ref in one commit; exit 2 where it is vendored already.

    Example: promoter vendor bump lana-bank main --push
    """
    # Here, because to import them takes longer than a sync.
    from promoter.testflight.attestation import proof
    from promoter.vendoring.bump import BumpOptions
    from promoter.vendoring.bump import bump as bump_dependency
    from promoter.vendoring.registry import OciImages, mirrors

    images = OciImages(mirrors(os.environ.get(MIRROR_VARIABLE, ""))) if digest_check else None
    git = Git(root or _top())
    terms = BumpOptions(
        remote,
        branch,
        fetcher(vendir),
        images,
        tested=lambda sha: proof(git, remote, branch, sha, untested),
        progress=shown(),
    )
    if not dependency or not ref:
        raise UsageError(
            "bump: DEP or REF is empty", next_step="promoter vendor bump lana-bank REF"
        )
    done = bump_dependency(root or _top(), dependency, ref, push=push, terms=terms)
    typer.echo(done.message)
    typer.echo(f"commit {done.commit}{' (pushed)' if push else ''}")


def _top() -> Path:
    here = Path.cwd()
    return here if (here / CONFIG_NAME).is_file() else Git(here).top()
