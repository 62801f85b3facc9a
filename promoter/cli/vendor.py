"""``promoter vendor``: sync, check and bump the vendored charts."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from promoter.vendoring.bump import BumpOptions


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


_Dependency = Annotated[str, typer.Argument(envvar="DEP", help="Dependency, like lana-bank.")]
_Ref = Annotated[str, typer.Argument(envvar="REF", help="Commit, tag or branch.")]
_Push = Annotated[bool, typer.Option("--push", help="Push it, by compare-and-swap.")]
_Remote = Annotated[str, typer.Option("--remote", help="Git remote to push to.")]
_Branch = Annotated[
    str, typer.Option("--branch", help="Branch of the remote; default: the one checked out.")
]
_DigestCheck = Annotated[
    bool,
    typer.Option(
        "--digest-check/--no-digest-check",
        help="Look new pins up in their registry (or its PROMOTER_REGISTRY_MIRROR).",
    ),
]
_Untested = Annotated[
    str, typer.Option(metavar="REASON", help="Bump without a testflight; the commit records why.")
]


def set_ref_command(dependency: _Dependency, ref: _Ref, root: _Root = None) -> None:
    """Write the commit of a ref to vendir.yml; exit 2 where it is there already.

    `promoter vendor sync` and `promoter vendor commit` are the next steps.

    Example: promoter vendor set-ref lana-bank main
    """
    from promoter.vendoring.ref import set_ref

    _require(dependency, ref)
    typer.echo(set_ref(root or _top(), dependency, ref))


def commit_command(
    dependency: _Dependency,
    push: _Push = False,
    remote: _Remote = "origin",
    branch: _Branch = "",
    digest_check: _DigestCheck = True,
    untested: _Untested = "",
    root: _Root = None,
) -> None:
    """Commit vendir.yml, vendir.lock.yml and the chart after a sync; exit 2 without a change.

    Example: promoter vendor commit lana-bank --push
    """
    from promoter.vendoring.bump import BumpOptions

    options = BumpOptions(remote=remote, branch=branch, synced=True, check_digests=digest_check)
    _bump(root or _top(), dependency, "", push, untested, options)


def bump_command(
    dependency: _Dependency,
    ref: _Ref,
    push: _Push = False,
    remote: _Remote = "origin",
    branch: _Branch = "",
    digest_check: _DigestCheck = True,
    untested: _Untested = "",
    vendir: _Vendir = Vendir.AUTO,
    root: _Root = None,
) -> None:
    """Vendor another ref in one commit; exit 2 where it is vendored already.

    Does what set-ref, sync and commit do one after another.

    Example: promoter vendor bump lana-bank main --push
    """
    # Imported here: it takes longer than a whole sync.
    from promoter.vendoring.bump import BumpOptions

    _require(dependency, ref)
    program = find_vendir(vendir)
    options = BumpOptions(remote=remote, branch=branch, vendir=program, check_digests=digest_check)
    _bump(root or _top(), dependency, ref, push, untested, options)


def _bump(
    folder: Path, dependency: str, ref: str, push: bool, untested: str, options: BumpOptions
) -> None:
    from promoter.testflight.attestation import proof
    from promoter.vendoring.bump import bump

    given = replace(
        options,
        proof=lambda sha: proof(Git(folder), options.remote, sha, untested),
        progress=shown(),
    )
    result = bump(folder, dependency, ref, push=push, options=given)
    typer.echo(result.message)
    typer.echo(f"commit {result.commit}{' (pushed)' if push else ''}")


def _require(dependency: str, ref: str) -> None:
    if not dependency or not ref:
        raise UsageError(
            "bump: DEP or REF is empty", next_step="promoter vendor bump lana-bank REF"
        )


def _top() -> Path:
    folder = Path.cwd()
    return folder if (folder / CONFIG_NAME).is_file() else Git(folder).top()
