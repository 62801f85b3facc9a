"""``promoter approve``: open an environment's gate, for a reason, in a commit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, REMOTE


def approve(
    environment: Annotated[str, typer.Argument(help="For example local-production.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the approval.")],
    commit: Annotated[
        str | None,
        typer.Option(help="Clear up to here [the commit that recorded the environment before]."),
    ] = None,
    plan: Annotated[
        str | None, typer.Option(help="Approve this plan, which loses something stateful.")
    ] = None,
    destroy: Annotated[
        bool, typer.Option("--destroy", help="Approve destroying what it runs now.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    remote: REMOTE = "origin",
    branch: BRANCH = "main",
) -> None:
    """Approve a change for an environment: set its gate on branch cepler-gates.

    Shows everything that it would clear first. Signed where git has a signing key
    (gpg.format ssh).

    Example: promoter approve local-production --reason 'seen in QA'
    """
    from promoter.site.proposal import ApprovalRequest, proposed
    from promoter.site.proposal import approve as run
    from promoter.site.site import Site

    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    request = ApprovalRequest(environment, reason, commit=commit, plan=plan, destroy=destroy)
    proposal = proposed(site, request)
    for line in proposal.lines():
        typer.echo(line)
    if not yes:
        typer.confirm("Approve?", abort=True)
    approval = run(site, proposal)
    typer.echo(f"approved {environment}: {approval.what} by {approval.by}")
