"""``promoter status``: what each environment runs, since when, and who approved it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promoter.cli.options import BRANCH, JSON, KUBECONFIG, REMOTE
from promoter.cli.output import print_json, print_table

if TYPE_CHECKING:
    from promoter.site.status import Status


_HEADINGS = ("environment", "status", "chart", "revision", "since", "approved by")


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
    from promoter.common.errors import UsageError
    from promoter.programs.helm import Helm
    from promoter.programs.kubectl import Kubectl
    from promoter.site.site import Site
    from promoter.site.status import Cluster, statuses
    from promoter.synthesis.stack import target_of
    from promoter.toolchain import Toolchain

    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    if deployment not in site.deployments:
        raise UsageError(
            f"find deployment {deployment}: no cepler file has it",
            next_step=f"one of: {', '.join(site.deployments)}",
        )
    first = next(iter(site.deployments[deployment].environments), "")
    place = target_of(site.git.dir, first, kubeconfig)
    toolchain = Toolchain(site.git.dir, progress=shown())
    kubectl = Kubectl(toolchain.program("kubectl"), place.kubeconfig)
    helm = Helm(toolchain.program("helm"), place.kubeconfig)
    found = statuses(site, deployment, Cluster(kubectl, helm))
    if as_json:
        print_json({"environments": found})
        return
    print_table(_HEADINGS, map(_row, found))
    for each in found:
        if each.why:
            typer.echo(f"{each.name}: {each.why}")


def _row(found: Status) -> tuple[str, ...]:
    return (
        found.name,
        found.status,
        (found.chart_ref or "-")[:12],
        str(found.helm_revision or "-"),
        (found.since or "-")[:19],
        found.approved_by or "not gated",
    )
