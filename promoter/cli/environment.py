"""``promoter environment``."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, REMOTE
from promoter.cli.progress import shown
from promoter.common.errors import PromoterError
from promoter.common.text import plain, redact
from promoter.git import Git
from promoter.setup.environment import NewEnvironment, plan_environment
from promoter.setup.init import plan_gates
from promoter.setup.values import helm_values
from promoter.site.platform_remote import is_local
from promoter.site.site import Site
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

_GATE = "gate: promoter init adds it once the cepler entry is on the remote"


def add(
    name: Annotated[str, typer.Argument(help="For example gcp-volcano-demo.")],
    like: Annotated[str, typer.Option(help="The environment to copy, of the same platform.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write and push without asking.")] = False,
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Add an environment as a copy: settings, cepler entry, pipeline and gate.

    The files are written to the work tree, the gate is pushed to cepler-gates. Ends with what
    it could not write. A name that exists is refused, and nothing changes.

    Example: promoter environment add gcp-volcano-demo --like gcp-volcano-qa
    """
    new = plan_environment(Git(Path.cwd()).top(), name, like)
    for line in new.lines():
        typer.echo(plain(line))
    if not yes:
        typer.confirm("Write?", abort=True)
    new.write(shown())
    remaining = [*_push_gate(new, remote, branch, yes=yes), *new.remaining()]
    typer.echo(f"added {name}; what is left to do:")
    for each in remaining:
        typer.echo(plain(redact(f"- {each}")))


def values(
    environment: Annotated[str, typer.Argument(help="For example local-production.")],
) -> None:
    """Print the Helm values of an environment, for `helm upgrade --install` without Terraform.

    Refused where Terraform alone knows a value, as on Google Cloud.

    Example: promoter environment values local-production
    """
    top = Git(Path.cwd()).top()
    progress = shown()
    app = App.of(top, Toolchain(top, progress=progress))
    with progress.task(f"synthesize {environment}"):
        text = helm_values(app, environment)
    typer.echo(text, nl=False)


def _push_gate(new: NewEnvironment, remote: str | None, branch: str, *, yes: bool) -> list[str]:
    """Push the gate; return what is left to do where that was declined or is not possible.

    The embedded platform's remote gets a gate for every committed environment by itself.
    """
    if remote is None and is_local(new.name):
        return []
    try:
        site = Site.of(new.root, remote=remote, branch=branch)
        copies = {deployment: copy.entries for deployment, copy in new.entries.items()}
        plan = plan_gates(site, copies, new.stage)
        for line in plan.lines():
            typer.echo(plain(line))
        if plan.changes and not (yes or typer.confirm("Push the gate?")):
            return [_GATE]
        plan.push()
    except PromoterError as error:
        return [f"{_GATE} ({error})"]
    return []
