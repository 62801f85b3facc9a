"""``promoter pipeline``: render, check and draw the Concourse pipelines."""

import os
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json
from promoter.cli.progress import shown
from promoter.concourse.checks import check_all
from promoter.concourse.deployments import generate as run
from promoter.concourse.journey import PAGE, REMEDY, updated_page
from promoter.forge.github import GitHubForge
from promoter.forge.links import API
from promoter.git import Git
from promoter.programs.cloud import google_token
from promoter.tasks.cachix import Retries, read_paths, wait
from promoter.tasks.credentials import run as run_with_access

ROOT = Annotated[
    Path | None,
    typer.Option("--root", help="The repository.", show_default="the repository's top"),
]


def generate(root: ROOT = None) -> None:
    """Render every pipeline with ytt, including the values from cepler's files.

    Example: promoter pipeline generate
    """
    for line in run(root or _top()):
        typer.echo(line)


def check_command(root: ROOT = None, as_json: JSON = False) -> int:
    """Exit 1 unless every rendered pipeline is up to date and free of findings.

    Example: promoter pipeline check
    """
    found = check_all(root or _top())
    if as_json:
        print_json(found)
        return 1 if any(found.values()) else 0
    for name, findings in found.items():
        for line in map(str, findings) if findings else ["no problems found"]:
            typer.echo(f"{name}: {line}")
    return 1 if any(found.values()) else 0


def gke_credential_command() -> None:
    """Print a token of Google Cloud as the credential that a kubeconfig's `exec` expects.

    With Google's application default credentials, so that no plugin of gcloud is needed.

    Example: promoter pipeline gke-credential
    """
    token = google_token()
    print_json(
        {
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {
                "token": token.value,
                "expirationTimestamp": token.expiry.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }
    )


def exec_command(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
) -> int:
    """Run a task's command with the access that the task's variables describe.

    GIT_PRIVATE_KEY and GIT_KNOWN_HOSTS; REGISTRY (one address, or several with a comma
    between them), REGISTRY_USER and REGISTRY_PASSWORD; KUBECONFIG_DOCUMENT;
    COSIGN_KEY_DOCUMENT and COSIGN_PASSWORD; TESTER_KEY_DOCUMENT. They become files that are
    removed when the command ends.

    Example: promoter pipeline exec -- promoter release promote
    """
    return run_with_access(command, os.environ)


def wait_command(
    paths: Annotated[Path, typer.Option("--paths", "-p", help="A file of store paths.")],
    cache: Annotated[str, typer.Option("--cache", "-c", help="Like galoymoney.")],
    attempts: Annotated[int, typer.Option("--attempts", "-a", min=1, max=1000)] = 30,
    delay: Annotated[
        float,
        typer.Option("--delay", "-d", min=0, max=3600, help="Seconds after the first attempt."),
    ] = 10,
    address: Annotated[
        str, typer.Option(help="The cache's address.", show_default="https://CACHE.cachix.org")
    ] = "",
) -> None:
    """Wait until a Cachix cache has every path; exit 1 naming the missing ones.

    Example: promoter pipeline wait-cachix-paths --paths paths.txt --cache galoymoney
    """
    required, url = read_paths(paths), address or f"https://{cache}.cachix.org"
    count = wait(required, url, Retries(attempts, delay), shown())
    typer.echo(f"the cache has all {len(required)} paths, after {count} attempts")


def comment_command(
    number: Annotated[int, typer.Argument(help="The pull request's number.")],
    file: Annotated[Path, typer.Argument(help="The comment, Markdown.")],
    repository: Annotated[str, typer.Option(help="Like GaloyMoney/lana-bank.")],
    topic: Annotated[str, typer.Option(help="A comment of the same topic is replaced.")],
    token: Annotated[str, typer.Option(envvar="GH_TOKEN", show_default=False)],
    address: Annotated[
        str, typer.Option(envvar="GITHUB_API_URL", help="The address of GitHub's API.")
    ] = API,
) -> None:
    """Comment on a pull request, replacing the last comment of the same topic.

    Example: promoter pipeline comment 17 gate.md --repository GaloyMoney/lana-bank --topic gate
    """
    forge = GitHubForge(repository, token, address)
    typer.echo(forge.put_comment(number, topic, file.read_text(encoding="utf-8")))


def graph_command(
    check_only: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if it is out of date.")
    ] = False,
    root: ROOT = None,
) -> int:
    """Draw the way of a commit to production into docs/pipelines.md.

    Example: promoter pipeline graph --check
    """
    top = root or _top()
    page = top / PAGE
    present = page.read_text(encoding="utf-8")
    updated = updated_page(present, top)
    if updated == present:
        return 0
    if check_only:
        typer.echo(f"{PAGE} is out of date: {REMEDY}")
        return 1
    page.write_text(updated, encoding="utf-8")
    return 0


def _top() -> Path:
    return Git(Path.cwd()).top()
