"""``promoter status``: what each environment runs, since when, and who approved it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promoter.cli.deploy import BRANCH, JSON, KUBECONFIG, REMOTE

if TYPE_CHECKING:
    from rich.table import Table

    from promoter.deploy.status import Status


def status(
    deployment: Annotated[str, typer.Argument(help="Which deployment.")] = "local",
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = "origin",
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Show what each environment runs, from the cluster and the state files.

    Example: promoter status --json
    """
    from promoter.cli.progress import shown
    from promoter.deploy.cluster import Cluster
    from promoter.deploy.site import Site
    from promoter.deploy.stack import place_of
    from promoter.deploy.status import statuses
    from promoter.errors import UsageError
    from promoter.toolchain import Toolchain

    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    if deployment not in site.deployments:
        raise UsageError(
            f"find deployment {deployment}: no cepler file has it",
            next_step=f"one of: {', '.join(site.deployments)}",
        )
    first = next(iter(site.deployments[deployment].environments), "")
    place = place_of(site.git.dir, first, kubeconfig)
    kubectl = Toolchain(site.git.dir, progress=shown()).program("kubectl")
    found = statuses(site, deployment, Cluster(kubectl, place.kubeconfig))
    if as_json:
        typer.echo(json.dumps({"environments": [asdict(each) for each in found]}, indent=2))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.width = min(console.width, 100) if console.is_terminal else 100
    console.print(_table(found))
    for each in found:
        if each.why:
            typer.echo(f"{each.name}: {each.why}")


def _table(found: tuple[Status, ...]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("environment", "status", "chart", "revision", "since", "approved by"):
        table.add_column(heading, overflow="fold")
    for each in found:
        table.add_row(
            each.name,
            each.status,
            (each.chart_ref or "-")[:12],
            str(each.helm_revision or "-"),
            (each.since or "-")[:19],
            each.approved_by or "not gated",
        )
    return table
