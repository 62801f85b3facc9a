"""``promoter trace``: from an environment back to the source commits, or the other way round."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promoter.cli.options import BRANCH, JSON, KUBECONFIG, REMOTE
from promoter.cli.output import print_json
from promoter.cli.progress import shown

if TYPE_CHECKING:
    from promoter.site.site import Site
    from promoter.trace.pins import Looked


def trace(
    environment: Annotated[str, typer.Argument(help="For example local-production.")] = "",
    reverse: Annotated[
        str, typer.Option(metavar="COMMIT", help="Where does this commit run?")
    ] = "",
    cluster: Annotated[bool, typer.Option(help="Ask the cluster which digests it runs.")] = True,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = "origin",
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> int:
    """Trace an environment back to its source commits, every link checked.

    The links are state, chart, pins and images. Exit 1 where one is broken.

    Example: promoter trace local-production
    """
    from promoter.common.errors import UsageError
    from promoter.site.site import Site
    from promoter.trace.tracing import trace as walk

    if bool(environment) == bool(reverse):
        raise UsageError(
            "trace: name an environment, or --reverse and a commit",
            next_step="promoter trace local-production",
        )
    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    if reverse:
        return _tell_where(site, reverse, _looked(site, "", kubeconfig, cluster=False), as_json)
    site.deployment_of(environment)
    found = walk(site, environment, _looked(site, environment, kubeconfig, cluster=cluster))
    if as_json:
        print_json(found.document())
    else:
        for line in found.lines():
            typer.echo(line)
        typer.echo(f"{len(found.broken)} broken links" if found.broken else "every link holds")
    return 1 if found.broken else 0


def _tell_where(site: Site, commit: str, looked: Looked, as_json: bool) -> int:
    from promoter.trace.reverse import running

    found = [(each.environment, each.by) for each in running(site, commit, looked)]
    if as_json:
        print_json([{"environment": name, "by": by} for name, by in found])
        return 0
    for name, by in found:
        typer.echo(f"{name}: {by}")
    if not found:
        typer.echo(f"{commit} runs nowhere")
    return 0


def _looked(site: Site, environment: str, kubeconfig: Path | None, *, cluster: bool) -> Looked:
    from promoter.platform import Platform
    from promoter.programs.kubectl import Kubectl
    from promoter.synthesis.stack import target_of
    from promoter.toolchain import Toolchain
    from promoter.trace.pins import Looked, mirrors_of

    progress = shown()
    toolchain = Toolchain(site.git.dir, progress=progress)
    running = Platform(site.git.dir / ".local" / "platform", toolchain).running()
    asked = None
    if cluster:
        place = target_of(site.git.dir, environment, kubeconfig)
        asked = Kubectl(toolchain.program("kubectl"), place.kubeconfig)
    mirrors = mirrors_of(running.registry if running else "")
    return Looked(toolchain.program("crane"), mirrors, asked, progress)
