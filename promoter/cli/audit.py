"""``promoter audit`` and ``promoter rules test``: past deployments, decided again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, REMOTE
from promoter.cli.output import print_json
from promoter.common.errors import UsageError
from promoter.common.text import plain
from promoter.lint.audit import audit as run
from promoter.lint.replay import replay
from promoter.site.site import Site


def audit(
    environment: Annotated[str, typer.Argument(help="For example local-production.")],
    since: Annotated[str, typer.Option(help="Deployments from this time on (ISO 8601).")] = "",
    at: Annotated[str, typer.Option(help="Only the one that ran at this time (ISO 8601).")] = "",
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Decide every recorded deployment again, with the rules, signers and teams of its time.

    Reads git alone. Exit 1 if one of them should not have passed.

    Example: promoter audit local-production --since 2026-11-01
    """
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch, fetch=fetch)
    with site.opened() as opened:
        found = run(opened, environment, since=_time(since), at=_time(at))
    wrong = [each for each in found if each.problems]
    if as_json:
        print_json(found)
        return 1 if wrong else 0
    for each in found:
        state = "should not have passed" if each.problems else "ok"
        typer.echo(f"{each.at}  version {each.version}  {each.commit[:12]}  {state}")
        for line in (*each.problems, *filter(None, (each.note,))):
            typer.echo(plain(f"  {line}"))
    typer.echo(f"{environment}: {len(wrong)} of {len(found)} deployments should not have passed")
    return 1 if wrong else 0


def test(
    base: Annotated[str, typer.Option(help="The commit whose deployments are replayed.")],
    last: Annotated[int, typer.Option(min=1, help="At most so many of each environment.")] = 50,
    as_json: JSON = False,
) -> None:
    """Replay past deployments under the rules at HEAD: which of them would have been blocked.

    Example: promoter rules test --base origin/main
    """
    site = Site.of(Path.cwd(), remote=None)
    found = replay(site, base, last)
    if as_json:
        print_json(found)
        return
    for each in found.blocked:
        typer.echo(plain(f"{each.environment} version {each.version} ({each.commit[:12]})"))
        for line in each.problems:
            typer.echo(plain(f"  {line}"))
    typer.echo(str(found))


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"read time {text}: {error}", next_step="write it as 2026-11-26T12:00+00:00"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
