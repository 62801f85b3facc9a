"""``promoter metrics``: how fast and how safely changes reach production, from git alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, FETCH, INCIDENTS, JSON, NAMES, REMOTE, parse_time
from promoter.cli.output import print_json, print_table
from promoter.common.text import duration
from promoter.site.incidents import labelled
from promoter.site.metrics import DeliveryMetrics, Share, site_metrics
from promoter.site.site import Site

_HEADINGS = ("environment", "metric", "median", "90th percentile", "n")


def metrics(
    names: NAMES = None,
    since: Annotated[str, typer.Option(help="Deployments from this time on (ISO 8601).")] = "",
    incidents: INCIDENTS = "",
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Show the delivery metrics of dora.dev (2024) of each production environment.

    Git has no incidents: a revert, a rollback, an override or a release marked as a hotfix counts
    as one; --incidents adds issues of the forge. --json has the commits that each number is
    computed from. Exit 1 if a remote cannot be read; the others are shown.

    Example: promoter metrics local --json
    """
    sites, errors = Site.each(Path.cwd(), names or (), remote=remote, branch=branch, fetch=fetch)
    begin = parse_time(since)
    found = [
        each
        for site, chosen in sites
        for each in site_metrics(site, chosen, begin, labelled(site, incidents))
    ]
    if as_json:
        print_json({"environments": found})
    else:
        print_table(_HEADINGS, (row for each in found for row in _rows(each)))
    for error in errors.values():
        typer.echo(f"error: {error}", err=True)
    return 1 if errors else 0


def _rows(found: DeliveryMetrics) -> Iterator[tuple[str, ...]]:
    times = {
        "change lead time": found.change_lead_time,
        "time between deployments": found.between_deployments,
        "failed deployment recovery time": found.recovery_time,
    }
    for name, each in times.items():
        values = (duration(each.median), duration(each.p90))
        yield found.environment, name, *values, str(each.n)
    for name, share in (
        ("change fail rate", found.change_fail_rate),
        ("rework rate", found.rework_rate),
    ):
        yield found.environment, name, _percent(share), "", str(share.n)


def _percent(share: Share) -> str:
    return "" if share.value is None else f"{share.value:.0%}"
