"""``promoter deploy``: bring one environment to the state that the gate clears for it."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, JSON, KEY_VARIABLE, KUBECONFIG, REMOTE
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.cli.toolchain import program
from promoter.deploy.deploy import Sign, note_local_changes
from promoter.deploy.deploy import deploy as run
from promoter.deploy.report import reporter_of
from promoter.programs.cosign import Cosign
from promoter.site.site import Site
from promoter.synthesis.stack import target_of


def deploy(
    environment: Annotated[str, typer.Argument(help="For example local-staging.")],
    record: Annotated[
        bool, typer.Option(help="Record it; off in Concourse, where cepler-out does.")
    ] = True,
    key: Annotated[
        str,
        typer.Option(
            envvar=KEY_VARIABLE,
            help="cosign's key, a file or a KMS reference, which signs the verification summary; "
            "without one there is none.",
        ),
    ] = "",
    report: Annotated[
        bool | None,
        typer.Option(
            "--report/--no-report",
            help="Show the deploy at the forge; an error there never fails it.",
            show_default="for a repository on GitHub",
        ),
    ] = None,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> None:
    """Deploy an environment: decide, prepare, plan, apply, verify, record.

    Works from the remote in a work tree of its own; the files around you are neither read
    nor changed. Exit codes: 0 deployed, 1 failed, 2 nothing newer, 3 not cleared.

    Example: promoter deploy local-staging
    """
    progress = shown()
    site = Site.of(Path.cwd(), environment, remote=remote, branch=branch)
    note_local_changes(site, progress)
    target = partial(target_of, site.git.dir, kubeconfig=kubeconfig)
    reporter = reporter_of(site, progress, required=report)
    done = run(
        site, environment, target, progress, record_it=record, sign=signer(key), reporter=reporter
    )
    if reporter and record:
        reporter.waiting(site, environment)
    if as_json:
        print_json(done)
        return
    place = f"recorded in {done.recorded[:12]}" if done.recorded else "not recorded"
    typer.echo(f"deployed {environment}: version {done.version}, {done.plan}, {place}")


def signer(key: str) -> Sign | None:
    """Return the function that signs verification summaries with ``key``, None without a key."""
    return Cosign(program("cosign"), key).sign_statement if key else None
