"""``promoter trace``: from an environment back to its source commits, or the other way round."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, JSON, KUBECONFIG, REMOTE
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.common.errors import UsageError
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import ImageLookup
from promoter.site.site import Site
from promoter.synthesis.stack import target_of
from promoter.toolchain import Toolchain
from promoter.trace.environment import trace as run
from promoter.trace.location import find_running
from promoter.trace.sources import TraceSources, registry_mirrors


def trace(
    environment: Annotated[str, typer.Argument(help="For example local-production.")] = "",
    reverse: Annotated[
        str, typer.Option(metavar="COMMIT", help="Find the environments that run this commit.")
    ] = "",
    cluster: Annotated[bool, typer.Option(help="Query the cluster for running digests.")] = True,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = "origin",
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> int:
    """Trace an environment back to its source commits, checking every link.

    The links are state, chart, pins and images. Exit 1 if one is broken.

    Example: promoter trace local-production
    """
    if bool(environment) == bool(reverse):
        raise UsageError(
            "trace: name an environment, or --reverse and a commit",
            next_step="promoter trace local-production",
        )
    site = Site.of(Path.cwd(), remote=remote, branch=branch)
    if reverse:
        sources = _sources(site, "", kubeconfig, cluster=False)
        return _print_running(site, reverse, sources, as_json)
    site.deployment_of(environment)
    found = run(site, environment, _sources(site, environment, kubeconfig, cluster=cluster))
    if as_json:
        print_json(found.document())
        return 1 if found.broken else 0
    for line in found.lines():
        typer.echo(line)
    typer.echo(f"{len(found.broken)} broken links" if found.broken else "every link holds")
    return 1 if found.broken else 0


def _print_running(site: Site, commit: str, sources: TraceSources, as_json: bool) -> int:

    found = find_running(site, commit, sources)
    if as_json:
        print_json([{"environment": each.environment, "by": each.by} for each in found])
        return 0
    for each in found:
        typer.echo(f"{each.environment}: {each.by}")
    if not found:
        typer.echo(f"no environment runs {commit}")
    return 0


def _sources(
    site: Site, environment: str, kubeconfig: Path | None, *, cluster: bool
) -> TraceSources:

    progress = shown()
    toolchain = Toolchain(site.git.dir, progress=progress)
    platform = Platform(site.git.dir / ".local" / "platform", toolchain).running()
    kubectl = None
    if cluster:
        target = target_of(site.git.dir, environment, kubeconfig)
        kubectl = Kubectl(toolchain.program("kubectl"), target.kubeconfig)
    mirrors = registry_mirrors(platform.registry if platform else "")
    return TraceSources(ImageLookup(toolchain.program("crane"), mirrors), kubectl, progress)
