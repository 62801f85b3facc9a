"""``promoter plan`` and ``promoter why``: what would be deployed, and what holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, NAMES, REMOTE
from promoter.cli.output import print_json
from promoter.common.text import plain
from promoter.site.plan import UNREADABLE, ChangedFile, EnvironmentPlan, plan_all
from promoter.site.site import Site

if TYPE_CHECKING:
    from promoter.site.opening import Opening

_SHOWN = 5


def plan(
    names: NAMES = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Show every environment: up to date, due (which files), or blocked (by what).

    Changes nothing. Exit 1 if one cannot be decided; the others are shown.

    Example: promoter plan local --json
    """
    sites, errors = Site.each(Path.cwd(), names or (), remote=remote, branch=branch, fetch=fetch)
    plans = [each for site, chosen in sites for each in plan_all(site, chosen)]
    plans += [EnvironmentPlan.unreadable(name, "", error) for name, error in errors.items()]
    if as_json:
        print_json({"environments": plans})
    else:
        for each in plans:
            _print(each, _SHOWN)
    return _code(plans)


def why(
    environment: Annotated[str, typer.Argument(help="For example local-qa.")],
    when: Annotated[
        bool, typer.Option("--when", help="Show the earliest time at which it can clear.")
    ] = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Show one environment file by file: what would change, or what holds it back.

    Exit 1 if it cannot be decided, with the reason.

    Example: promoter why local-production
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch, fetch=fetch)
    site.deployment_of(environment)
    if when:
        from promoter.site.opening import find_opening  # a plan need not wait for pydantic

        return _print_opening(find_opening(site, environment), as_json=as_json)
    (found,) = plan_all(site, [environment])
    if as_json:
        print_json(found)
    else:
        _print(found, len(found.files))
    return _code([found])


def _print_opening(found: Opening, *, as_json: bool) -> int:
    if as_json:
        print_json(found)
        return 0
    for reason in found.why:
        typer.echo(plain(f"  {reason}"))
    if found.may_vote:
        typer.echo(plain(f"  may still vote: {', '.join(found.may_vote)}"))
    if found.without_votes is not None:
        typer.echo(f"{found.environment}: clears at {found.without_votes}")
    elif found.if_approved is not None:
        typer.echo(f"{found.environment}: clears at {found.if_approved}, once it is approved")
    else:
        typer.echo(f"{found.environment}: does not clear as it is")
    return 0


def _code(plans: Iterable[EnvironmentPlan]) -> int:
    return 1 if any(each.status == UNREADABLE for each in plans) else 0


def file_line(file: ChangedFile) -> str:
    """Return the line for one file: its kind, its path and the commit that it comes from."""
    origin = f"  [{file.commit[:7]}] {file.message}" if file.commit else ""
    return f"  {file.kind:8}{file.path}{origin}"


def _print(found: EnvironmentPlan, shown: int) -> None:
    for line in _lines(found, shown):
        typer.echo(plain(line))


def _lines(found: EnvironmentPlan, shown: int) -> Iterator[str]:
    since = f", since {found.since}" if found.since else ""
    count = f": {len(found.files)} files" if found.files else ""
    name = f"{found.environment} ({found.deployment})" if found.environment else found.deployment
    yield f"{name}: {found.status}{count}{since}"
    for hold in found.holds:
        yield f"  {hold}"
    yield from map(file_line, found.files[:shown])
    if len(found.files) > shown:
        yield f"  ... and {len(found.files) - shown} more (promoter why {found.environment})"
    for reason in found.untested:
        yield f"  vendored without a testflight: {reason}"
    if found.begun is not None:
        yield f"  a deploy was {found.begun}"
    if found.ungated is not None:
        yield f"  gate bypassed: {found.ungated}"
    if found.next_step:
        yield f"  next: {found.next_step}"
