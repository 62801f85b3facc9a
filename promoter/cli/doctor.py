"""``promoter doctor``."""

from collections import Counter
from pathlib import Path

import typer

from promoter.cli.options import BRANCH, FETCH, JSON, KUBECONFIG, NAMES, REMOTE
from promoter.cli.output import print_json, print_table
from promoter.cli.progress import shown
from promoter.common.text import plain, redact, redacted
from promoter.setup.doctor import CheckResult, CheckState, diagnose

_HEADINGS = ("check", "state", "detail", "remedy")


def doctor(
    names: NAMES = None,
    kubeconfig: KUBECONFIG = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
    fetch: FETCH = True,
    as_json: JSON = False,
) -> int:
    """Check what a first real run needs: programs, gates, keys, credentials, clusters.

    Changes nothing and builds nothing. What cannot be probed from here is unknown. Exit 1 if
    there is a problem.

    Example: promoter doctor local
    """
    with shown().task("check this machine and the repository"):
        found = diagnose(
            Path.cwd(), names or (), kubeconfig, remote=remote, branch=branch, fetch=fetch
        )
    counts = Counter(each.state for each in found)
    if as_json:
        print_json(redacted({"checks": [vars(each) for each in found]}))
    else:
        print_table(_HEADINGS, map(_row, found))
        typer.echo(", ".join(f"{counts[state]} {state}" for state in CheckState))
    return 1 if counts[CheckState.PROBLEM] else 0


def _row(found: CheckResult) -> tuple[str, ...]:
    texts = (found.check, found.state.value, found.detail, found.remedy)
    return tuple(plain(redact(text)) for text in texts)
