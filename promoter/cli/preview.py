"""``promoter preview``: what a chart's ref would change in each environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from promoter.preview.preview import Preview


def preview(
    ref: Annotated[str, typer.Option("--ref", help="Commit, tag or branch of the chart.")],
    dependency: Annotated[str, typer.Option("--dependency", help="Of vendir.yml.")] = "lana-bank",
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", "-e", help="Only these (default: every stack)."),
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown for a pull request's comment.")
    ] = False,
) -> int:
    """Show what vendoring REF would change in each environment, secrets redacted.

    Exit 1 where it would fail.

    Example: promoter preview --ref main -e local-staging
    """
    from promoter.cli.progress import shown
    from promoter.git import Git
    from promoter.preview.markdown import markdown
    from promoter.preview.preview import preview as previewed
    from promoter.synthesis.app import App
    from promoter.toolchain import Toolchain
    from promoter.vendoring.config import CONFIG_NAME, find_dependency, read_config

    root, progress = Git(Path.cwd()).top(), shown()
    chart = find_dependency(read_config(root / CONFIG_NAME), dependency).path
    toolchain = Toolchain(root, progress=progress)
    with progress.task("synthesize the stacks"):
        releases = App.of(root, toolchain).releases(chart, environment or ())
    helm = toolchain.program("helm")
    found = previewed(root, dependency, ref, releases, helm, progress=progress)
    if as_markdown:
        typer.echo(markdown(found), nl=False)
    else:
        _show(found)
    return 1 if any(one.problem for one in found.environments) else 0


def _show(found: Preview) -> None:
    from promoter.vendoring.summary import pin_lines

    typer.secho(f"{found.dependency}: {found.old[:12] or 'nothing'} -> {found.new[:12]}", bold=True)
    if found.link:
        typer.echo(found.link)
    for title in found.titles:
        typer.echo(f"  {title}")
    for change in found.pins:
        for line in pin_lines(change):
            typer.echo(line)
    for one in found.environments:
        typer.secho(f"\n{one.environment}", bold=True)
        if not one.changes and not one.problem:
            typer.echo("  no change")
        if one.problem:
            typer.secho(f"  {one.problem}", fg="red")
        for changed in one.changes:
            typer.secho(f"  {changed.name}", fg="cyan")
            for line in changed.diff:
                color = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
                typer.secho(f"    {line}", fg=color)
