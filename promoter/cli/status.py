"""``promoter status``: the version of each environment, its age and its approval."""

from pathlib import Path

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, KUBECONFIG, NAMES, REMOTE
from promoter.cli.output import print_json, print_table
from promoter.cli.progress import shown
from promoter.common.text import plain
from promoter.git import Git
from promoter.site.site import Site
from promoter.site.status import Clusters, EnvironmentStatus, statuses
from promoter.toolchain import Toolchain

_HEADINGS = ("environment", "status", "chart", "revision", "since", "approved by")


def status(
    names: NAMES = None,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Show each environment's version, from its state file and its cluster.

    Exit 1 if one cannot be read or its cluster cannot be queried; the others are shown.

    Example: promoter status local --json
    """
    root = Git(Path.cwd()).top()
    clusters = Clusters(root, kubeconfig, Toolchain(root, progress=shown()).programs)
    sites, errors = Site.each(root, names or (), remote=remote, branch=branch, fetch=fetch)
    found = [each for site, chosen in sites for each in statuses(site, chosen, clusters)]
    found += [EnvironmentStatus.unreadable(name, "", error) for name, error in errors.items()]
    if as_json:
        print_json({"environments": found})
    else:
        print_table(_HEADINGS, map(_row, found))
        for each in found:
            for reason in filter(None, (each.why, each.problem)):
                typer.echo(plain(f"{each.name or each.deployment}: {reason}"))
    return 1 if any(each.problem for each in found) else 0


def _row(found: EnvironmentStatus) -> tuple[str, ...]:
    return (
        found.name or found.deployment,
        found.status,
        (found.chart_ref or "-")[:12],
        "unknown" if found.problem else str(found.helm_revision or "-"),
        (found.since or "-")[:19],
        found.approved_by or "not gated",
    )
