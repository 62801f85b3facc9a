"""``promoter approve``: open an environment's gate, for a reason, in a commit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, JSON, REMOTE
from promoter.cli.output import print_json, require_yes
from promoter.cli.plan import file_line
from promoter.common.text import plain
from promoter.site.proposal import ApprovalRequest, Proposal, propose
from promoter.site.proposal import approve as run
from promoter.site.site import Site

_SHOWN = 40


def approve(
    environment: Annotated[str, typer.Argument(help="For example local-production.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the approval.")],
    commit: Annotated[
        str | None,
        typer.Option(help="Clear up to here [the commit that recorded the environment before]."),
    ] = None,
    plan: Annotated[
        str | None, typer.Option(help="Approve this plan, which deletes something stateful.")
    ] = None,
    destroy: Annotated[
        bool, typer.Option("--destroy", help="Approve destroying the environment.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Approve a change for an environment: set its gate on branch cepler-gates.

    First shows everything that it would clear. Signed if git has a signing key (gpg.format
    ssh).

    Example: promoter approve local-production --reason 'seen in QA'
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch)
    request = ApprovalRequest(environment, reason, commit=commit, plan=plan, destroy=destroy)
    proposal = propose(site, request)
    for line in _lines(proposal):
        typer.echo(plain(line), err=as_json)
    if not yes:
        require_yes("Approve?", err=as_json)
    approval = run(site, proposal)
    if as_json:
        print_json({"proposal": proposal, "approval": approval})
    else:
        typer.echo(f"approved {environment}: {approval.subject} by {approval.by}")


def _lines(proposal: Proposal) -> Iterator[str]:
    yield f"{proposal.request.environment}: approve {proposal.kind} {proposal.value}"
    for file in proposal.changes[:_SHOWN]:
        yield file_line(file)
    if len(proposal.changes) > _SHOWN:
        yield f"  ... and {len(proposal.changes) - _SHOWN} more files"
    if proposal.freezes:
        yield "  it is ungated now; from now on it would be held at this commit"
    if proposal.still_held:
        yield f"  it would clear nothing yet: {proposal.still_held}"
