"""``promoter pipeline exec`` and other commands that run inside a pipeline's task.

A pipeline runs them again and again, so each imports only what it needs.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from promoter.tasks.credentials import run as run_with_access


def gke_credential_command() -> None:
    """Print a token of Google Cloud as the credential that a kubeconfig's `exec` expects.

    With Google's application default credentials, so that no plugin of gcloud is needed.

    Example: promoter pipeline gke-credential
    """
    from promoter.cli.output import print_json
    from promoter.programs.cloud import google_token

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
    from promoter.cli.progress import shown
    from promoter.tasks.cachix import Retries, read_paths, wait

    required, url = read_paths(paths), address or f"https://{cache}.cachix.org"
    count = wait(required, url, Retries(attempts, delay), shown())
    typer.echo(f"the cache has all {len(required)} paths, after {count} attempts")
