"""``promoter stop`` and ``promoter resume``: hold environments at once, and release them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from promoter.approvals.approvals import one_line
from promoter.approvals.stops import Order, give
from promoter.cli.options import BRANCH, JSON, REMOTE
from promoter.cli.output import print_json
from promoter.common.errors import UsageError
from promoter.site.site import Site

ENVIRONMENT = Annotated[str, typer.Option(help="One environment.", show_default=False)]
DEPLOYMENT = Annotated[str, typer.Option(help="Every environment of it.", show_default=False)]
ALL = Annotated[bool, typer.Option("--all", help="Every environment of the remote.")]
REASON = Annotated[str, typer.Option(help="Why; shown by every refusal.")]


def stop(
    reason: REASON,
    environment: ENVIRONMENT = "",
    deployment: DEPLOYMENT = "",
    everything: ALL = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Stop deploys of one environment, of a deployment, or of all, at once.

    A signed file on branch cepler-gates. A deploy that applies already finishes.

    Example: promoter stop --environment local-production --reason 'ledger is off'
    """
    _give("stop", reason, (environment, deployment, everything), (remote, branch), as_json=as_json)


def resume(
    reason: REASON,
    environment: ENVIRONMENT = "",
    deployment: DEPLOYMENT = "",
    everything: ALL = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Lift every stop of one environment, of a deployment, or of all.

    Example: promoter resume --environment local-production --reason 'ledger is right'
    """
    _give(
        "resume", reason, (environment, deployment, everything), (remote, branch), as_json=as_json
    )


def _give(
    kind: Literal["stop", "resume"],
    reason: str,
    scope: tuple[str, str, bool],
    place: tuple[str | None, str],
    *,
    as_json: bool,
) -> None:
    environment, deployment, _ = scope
    if sum(map(bool, scope)) != 1:
        raise UsageError(f"{kind}: give one of --environment, --deployment and --all")
    names = [name for name in (environment, deployment) if name]
    site = Site.of(Path.cwd(), *names, remote=place[0], branch=place[1])
    site.select(names)
    named = site.deployment_of(environment) if environment else deployment
    order = Order(kind, one_line(reason), named, environment)
    given = give(site.approvals, site.deployments, order)
    if as_json:
        print_json(given)
    else:
        typer.echo(f"{given} in {given.commit[:12]}")
