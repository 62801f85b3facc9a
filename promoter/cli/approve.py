"""``promoter approve``: open an environment's gate, for a reason, in a commit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, JSON, REMOTE
from promoter.cli.output import print_json, require_yes
from promoter.cli.plan import file_line
from promoter.common.text import plain
from promoter.site.proposal import ApprovalRequest, Proposal, lasts_of, propose, vote_of
from promoter.site.proposal import approve as run
from promoter.site.site import Site

_SHOWN = 40
_REJECT = Annotated[bool, typer.Option("--reject", help="Vote against it.")]
_OVERRIDE = Annotated[
    bool, typer.Option("--override", help="Override rules and stops; never in CI.")
]
_EXPIRES = Annotated[
    str | None, typer.Option(help="How long the vote counts, like 2h [as the rules say].")
]
_RULES = Annotated[bool, typer.Option("--rules", help="Vote on changed rules, teams or signers.")]


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
    reject: _REJECT = False,
    override: _OVERRIDE = False,
    expires: _EXPIRES = None,
    rules: _RULES = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Approve a change for an environment: set its gate on branch cepler-gates.

    First shows everything that it would clear. Signed if git has a signing key (gpg.format
    ssh). Where the environment has approval rules it is a signed vote, and the vote that
    completes the count moves the gate. With --rules, name the deployment.

    Example: promoter approve local-production --reason 'seen in QA'
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch)
    vote = vote_of(reject=reject, override=override)
    request = ApprovalRequest(
        environment, reason, commit, plan, destroy, vote, lasts_of(expires), rules
    )
    proposal = propose(site, request)
    for line in _lines(proposal):
        typer.echo(plain(line), err=as_json)
    if not yes:
        require_yes("Approve?", err=as_json)
    approval = run(site, proposal)
    if as_json:
        print_json({"proposal": proposal.facts(), "approval": approval})
    else:
        typer.echo(approval)


def _lines(proposal: Proposal) -> Iterator[str]:
    request = proposal.request
    yield f"{request.environment}: {request.vote} {proposal.kind} {proposal.value}"
    for file in proposal.changes[:_SHOWN]:
        yield file_line(file)
    if len(proposal.changes) > _SHOWN:
        yield f"  ... and {len(proposal.changes) - _SHOWN} more files"
    yield from proposal.text
    if proposal.freezes:
        yield "  it is ungated now; from now on it would be held at this commit"
    if proposal.approvals:
        yield f"  so far: {proposal.approvals}"
    elif proposal.still_held:
        yield f"  it would clear nothing yet: {proposal.still_held}"
