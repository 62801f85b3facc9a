"""The options that several commands have, each said once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from promoter.common.errors import UsageError

JSON = Annotated[bool, typer.Option("--json", help="Print JSON for programs to read.")]
REMOTE = Annotated[
    str | None,
    typer.Option(
        help="Git remote to read from and record on [the embedded platform's own for local "
        "environments, origin for others].",
        show_default=False,
    ),
]
FETCH = Annotated[bool, typer.Option(help="Fetch first, or read what was fetched last.")]
BRANCH = Annotated[str, typer.Option(help="The branch of the remote.")]
INCIDENTS = Annotated[
    str, typer.Option(metavar="LABEL", help="The label of issues that are incidents.")
]
KUBECONFIG = Annotated[
    Path | None,
    typer.Option(
        envvar="PROMOTER_KUBECONFIG",
        help="The cluster's kubeconfig, or a folder with <environment>.kubeconfig files. "
        "Default for a local environment: the embedded platform's.",
    ),
]
NAMES = Annotated[
    list[str] | None,
    typer.Argument(help="Deployments or environments; all by default.", show_default=False),
]
REPOSITORY = Annotated[
    Path, typer.Option("--repository", "-C", help="A clone of the application's repository.")
]
KEY_VARIABLE = "COSIGN_KEY"
PUBLIC_KEY_VARIABLE = "COSIGN_PUBLIC_KEY"
PUBLIC_KEY = Annotated[
    str,
    typer.Option(
        "--key", envvar=PUBLIC_KEY_VARIABLE, help="The public key: a file or KMS reference."
    ),
]


def parse_time(text: str) -> datetime | None:
    """Return a time (ISO 8601; UTC where it has no zone), None for ""; raises `UsageError`."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"read time {text}: {error}", next_step="write it as 2026-11-26T12:00+00:00"
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
