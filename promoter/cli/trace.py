"""``promoter trace``: from an environment back to its source commits, or the other way round."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, JSON, KUBECONFIG, REMOTE
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.common.errors import PromoterError, UsageError
from promoter.platform import Platform
from promoter.programs.kubectl import Kubectl
from promoter.programs.registry import ImageLookup
from promoter.site.site import Site
from promoter.synthesis.stack import target_of
from promoter.toolchain import Toolchain
from promoter.trace.chain import Trace
from promoter.trace.environment import trace as run
from promoter.trace.location import find_running
from promoter.trace.sources import TraceSources, registry_mirrors


def trace(
    names: Annotated[
        list[str] | None, typer.Argument(help="Deployments or environments, like local-qa.")
    ] = None,
    reverse: Annotated[
        str, typer.Option(metavar="COMMIT", help="Find the environments that run this commit.")
    ] = "",
    cluster: Annotated[bool, typer.Option(help="Query the cluster for running digests.")] = True,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    as_json: JSON = False,
) -> int:
    """Trace environments back to their source commits, checking every link.

    The links are state, chart, pins and images. Exit 1 if one is broken.

    Example: promoter trace local-production
    """
    if bool(names) == bool(reverse):
        raise UsageError(
            "trace: name environments, or --reverse and a commit",
            next_step="promoter trace local-production",
        )
    sites, errors = Site.each(Path.cwd(), names or (), remote=remote, branch=branch)
    if reverse:
        for error in errors.values():
            raise error  # the result would be incomplete
        sources = _sources(sites[0][0], "", kubeconfig, cluster=False)
        return _print_running([site for site, _ in sites], reverse, sources, as_json)
    found = [
        _trace(site, pair, kubeconfig, cluster=cluster)
        for site, chosen in sites
        for pair in site.select(chosen)
    ] + [Trace.unreadable(name, error) for name, error in errors.items()]
    if as_json:
        print_json({"environments": [each.document() for each in found]})
    else:
        for each in found:
            _print(each)
    return 1 if any(each.broken for each in found) else 0


def _trace(
    site: Site, selected: tuple[str, str], kubeconfig: Path | None, *, cluster: bool
) -> Trace:
    deployment, environment = selected
    try:
        site.gated(deployment)
        return run(site, environment, _sources(site, environment, kubeconfig, cluster=cluster))
    except PromoterError as error:
        return Trace.unreadable(environment or deployment, error)


def _print(found: Trace) -> None:
    for line in found.lines():
        typer.echo(line)
    typer.echo(f"{len(found.broken)} broken links" if found.broken else "every link holds")


def _print_running(sites: Sequence[Site], commit: str, sources: TraceSources, as_json: bool) -> int:
    found = find_running(sites, commit, sources)
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
    target = target_of(site.git.dir, environment, kubeconfig) if cluster else None
    programs = toolchain.programs(("crane", "kubectl") if target else ("crane",))
    kubectl = Kubectl(programs["kubectl"], target.kubeconfig) if target else None
    mirrors = registry_mirrors(platform.registry if platform else "")
    return TraceSources(ImageLookup(programs["crane"], mirrors), kubectl, progress)
