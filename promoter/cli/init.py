"""``promoter init``."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, REMOTE
from promoter.cli.output import require_yes
from promoter.common.text import plain
from promoter.setup.init import has_testers, plan_init
from promoter.setup.keys import key_in
from promoter.site.site import Site


def init(
    tester: Annotated[
        list[Path] | None,
        typer.Option(help="Public key of a pipeline that tests charts; may be repeated."),
    ] = None,
    deployer: Annotated[
        list[Path] | None,
        typer.Option(
            help="Public key of a pipeline that records deployments; may be repeated "
            "[your own where none is listed]."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Push without confirmation.")] = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Create the gates branch, and list your signing key and the pipeline's.

    Asks for the pipeline's key where none is listed or named. Shows every commit before it is
    pushed. Running it again changes nothing.

    Example: promoter init --deployer pipeline.pub --tester pipeline.pub
    """
    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    testers = [key_in(file) for file in tester or ()]
    untested = not testers and not has_testers(site)
    if untested and not yes:
        file = typer.prompt("Public key of the pipeline that tests charts (empty: later)", "")
        testers = [key_in(Path(file).expanduser())] if file else []
    plan = plan_init(site, testers, [key_in(file) for file in deployer or ()])
    if not plan.changes:
        typer.echo("already set up: every environment has a gate, and your key is listed")
        return
    for line in plan.lines():
        typer.echo(plain(line))
    if not yes:
        require_yes("Push?")
    for change, commit in zip(plan.changes, plan.push(), strict=True):
        typer.echo(f"pushed {commit[:12]} to {change.branch}")
    later = untested and not testers
    typer.echo(f"next: {'promoter init --tester <key>.pub' if later else 'promoter doctor'}")
