"""``promoter audit`` and ``promoter rules test``: past deployments, decided again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, REMOTE, parse_time
from promoter.cli.output import print_json
from promoter.common.text import plain
from promoter.lint.audit import AuditedDeployment
from promoter.lint.audit import audit as run
from promoter.lint.replay import replay
from promoter.site.site import Site


def audit(
    name: Annotated[
        str, typer.Argument(help="An environment, or a deployment: all of its environments.")
    ],
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
    site = Site.of(Path.cwd(), name, remote=remote, branch=branch, fetch=fetch)
    times = {"since": parse_time(since), "at": parse_time(at)}
    with site.opened() as opened:
        chosen = [environment for _, environment in opened.select([name])]
        found = {each: run(opened, each, **times) for each in chosen}
    every = [each for audited in found.values() for each in audited]
    if as_json:
        print_json(every)
    else:
        for environment, audited in found.items():
            _show(environment, audited)
    return 1 if any(each.problems for each in every) else 0


def _show(environment: str, found: Sequence[AuditedDeployment]) -> None:
    for each in found:
        state = "should not have passed" if each.problems else "ok"
        typer.echo(f"{each.at}  version {each.version}  {each.commit[:12]}  {state}")
        for line in (*each.problems, *filter(None, (each.note,))):
            typer.echo(plain(f"  {line}"))
    wrong = sum(bool(each.problems) for each in found)
    typer.echo(f"{environment}: {wrong} of {len(found)} deployments should not have passed")


def test(
    base: Annotated[str, typer.Option(help="The commit whose deployments are replayed.")],
    last: Annotated[int, typer.Option(min=1, help="At most so many of each environment.")] = 50,
    fetch: FETCH = True,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown for a pull request's comment.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Replay past deployments under the rules at HEAD: which of them would have been blocked.

    Example: promoter rules test --base origin/main
    """
    site = Site.of(Path.cwd(), fetch=fetch)
    found = replay(site, base, last)
    if as_json:
        print_json(found)
        return
    if as_markdown:
        typer.echo(found.markdown(), nl=False)
        return
    for each in found.blocked:
        typer.echo(plain(f"{each.environment} version {each.version} ({each.commit[:12]})"))
        for line in each.problems:
            typer.echo(plain(f"  {line}"))
    typer.echo(str(found))
