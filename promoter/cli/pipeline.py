"""``promoter pipeline``: render, check and draw the Concourse pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promoter.forge.links import API
from promoter.git import Git

app = typer.Typer(help="Render, check and draw the Concourse pipelines.")

ROOT = Annotated[
    Path | None,
    typer.Option("--root", help="The repository.", show_default="the repository's top"),
]


@app.command("generate")
def generate(root: ROOT = None) -> None:
    """Render every pipeline anew with ytt, the values from cepler's files included.

    Example: promoter pipeline generate
    """
    from promoter.concourse.generator import generate as run

    for line in run(root or _top()):
        typer.echo(line)


@app.command("check")
def check_command(root: ROOT = None) -> int:
    """Exit 1 unless every rendered pipeline is up to date and free of findings.

    Example: promoter pipeline check
    """
    from promoter.concourse.generator import check_all

    found = check_all(root or _top())
    for place, findings in found.items():
        for finding in findings:
            typer.echo(f"{place}: {finding}")
        if not findings:
            typer.echo(f"{place}: nothing to complain about")
    return 1 if any(found.values()) else 0


@app.command("exec", context_settings={"ignore_unknown_options": True})
def exec_command(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
) -> int:
    """Run a task's command with the access that the task's variables describe.

    GIT_PRIVATE_KEY and GIT_KNOWN_HOSTS; REGISTRY (one address, or several with a comma
    between them), REGISTRY_USER and REGISTRY_PASSWORD; KUBECONFIG_DOCUMENT;
    COSIGN_KEY_DOCUMENT and COSIGN_PASSWORD; TESTER_KEY_DOCUMENT. The files they become are
    gone when the command ends.

    Example: promoter pipeline exec -- promoter release promote
    """
    import os

    from promoter.tasks.credentials import run

    return run(command, os.environ)


@app.command("wait-cachix-paths")
def wait_command(
    paths: Annotated[Path, typer.Option("--paths", "-p", help="A file of store paths.")],
    cache: Annotated[str, typer.Option("--cache", "-c", help="Like galoymoney.")],
    attempts: Annotated[int, typer.Option("--attempts", "-a", min=1)] = 30,
    delay: Annotated[
        float, typer.Option("--delay", "-d", min=0, help="Seconds after the first attempt.")
    ] = 10,
    address: Annotated[
        str, typer.Option(help="The cache's address.", show_default="https://CACHE.cachix.org")
    ] = "",
) -> None:
    """Wait until a Cachix cache has every path; exit 1 naming the missing ones.

    Example: promoter pipeline wait-cachix-paths --paths paths.txt --cache galoymoney
    """
    from promoter.cli.progress import shown
    from promoter.tasks.cachix import Patience, read_paths, wait

    wanted = read_paths(paths)
    where = address or f"https://{cache}.cachix.org"
    rounds = wait(wanted, where, Patience(attempts, delay), shown())
    typer.echo(f"{len(wanted)} paths are there, asked {rounds} times")


@app.command("comment")
def comment_command(
    number: Annotated[int, typer.Argument(help="The pull request's number.")],
    file: Annotated[Path, typer.Argument(help="The comment, Markdown.")],
    repository: Annotated[str, typer.Option(help="Like GaloyMoney/lana-bank.")],
    topic: Annotated[str, typer.Option(help="A comment of the same topic is replaced.")],
    token: Annotated[str, typer.Option(envvar="GH_TOKEN", show_default=False)],
    address: Annotated[str, typer.Option(envvar="GITHUB_API_URL", help="Of GitHub's API.")] = API,
) -> None:
    """Put a comment on a pull request, replacing the last one of its topic.

    Example: promoter pipeline comment 17 gate.md --repository GaloyMoney/lana-bank --topic gate
    """
    from promoter.forge.github import GitHubForge

    forge = GitHubForge(repository, token, address)
    typer.echo(forge.put_comment(number, topic, file.read_text(encoding="utf-8")))


@app.command("graph")
def graph_command(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where one is out of date.")
    ] = False,
    root: ROOT = None,
) -> int:
    """Draw the journey over the three repositories into docs/.

    Example: promoter pipeline graph --check
    """
    from promoter.concourse.drawing import drawings
    from promoter.concourse.journey import REMEDY

    top = root or _top()
    code = 0
    for path, now in drawings(top).items():
        if path.is_file() and path.read_text(encoding="utf-8") == now:
            continue
        if check_only:
            typer.echo(f"{path.relative_to(top)} is out of date: {REMEDY}")
            code = 1
        else:
            path.write_text(now, encoding="utf-8")
    return code


def _top() -> Path:
    return Git(Path.cwd()).top()
