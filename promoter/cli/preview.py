"""``promoter preview``: the changes that a chart's ref makes in each environment."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.progress import shown
from promoter.git import Git
from promoter.preview.markdown import markdown
from promoter.preview.preview import EnvironmentPreview, Preview
from promoter.preview.preview import preview as preview_dependency
from promoter.programs.helm import Helm
from promoter.synthesis.app import App
from promoter.toolchain import Toolchain
from promoter.vendoring.config import CONFIG_NAME, find_dependency, read_config
from promoter.vendoring.summary import pin_lines

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def preview(
    ref: Annotated[str, typer.Option("--ref", help="Commit, tag or branch of the chart.")],
    dependency: Annotated[
        str, typer.Option("--dependency", help="Dependency in vendir.yml.")
    ] = "lana-bank",
    environment: Annotated[
        list[str] | None,
        typer.Option("--environment", "-e", help="Only these environments (default: every stack)."),
    ] = None,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Markdown for a pull request's comment.")
    ] = False,
) -> int:
    """Show the changes that vendoring REF makes in each environment, secrets redacted.

    Exit 1 if an environment cannot be rendered.

    Example: promoter preview --ref main -e local-staging
    """
    root, progress = Git(Path.cwd()).top(), shown()
    chart = find_dependency(read_config(root / CONFIG_NAME), dependency).path
    toolchain = Toolchain(root, progress=progress)
    with progress.task("synthesize the stacks"):
        releases = App.of(root, toolchain).releases(chart, environment or ())
    helm = Helm(toolchain.program("helm"))
    result = preview_dependency(root, dependency, ref, releases, helm, progress=progress)
    if as_markdown:
        typer.echo(markdown(result), nl=False)
    else:
        _show(result)
    return 1 if result.failed else 0


def _show(result: Preview) -> None:
    old = result.old[:12] or "nothing"
    typer.secho(f"{result.dependency}: {old} -> {result.new[:12]}", bold=True)
    if result.link:
        typer.echo(result.link)
    for title in result.titles:
        typer.echo(f"  {title}")
    for line in (line for change in result.pins for line in pin_lines(change)):
        typer.echo(line)
    for environment in result.environments:
        _show_environment(environment)


def _show_environment(preview: EnvironmentPreview) -> None:
    typer.secho(f"\n{preview.environment}", bold=True)
    if preview.problem:
        typer.secho(f"  {preview.problem}", fg="red")
    elif not preview.changes:
        typer.echo("  no change")
    for change in preview.changes:
        typer.secho(f"  {change.name}", fg="cyan")
        for line in change.diff:
            typer.secho(f"    {line}", fg=_COLORS.get(line[:1]))
