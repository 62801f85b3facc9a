"""Every command but ``cepler``, one file a group."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from promoter.cli import commits, platform, toolchain, vendor, version
from promoter.cli.approve import approve
from promoter.cli.deploy import deploy
from promoter.cli.status import status
from promoter.errors import UsageError

app = typer.Typer(
    name="promoter",
    help="Carry a change from a commit to a gated production.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(deploy)
app.command()(approve)
app.command()(status)
app.add_typer(version.app, name="version")
app.add_typer(commits.app, name="commits")
app.add_typer(vendor.app, name="vendor")
app.add_typer(toolchain.app, name="toolchain")
app.add_typer(platform.app, name="platform")


def run_app() -> int:
    """Run the command in ``sys.argv``; gives its exit code or raises `PromoterError`."""
    try:
        outcome = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
    except TyperException as error:
        raise UsageError(error.format_message(), next_step=f"{_called()} --help") from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return outcome if isinstance(outcome, int) else 0


def _called() -> str:
    """The command as it was called, up to the first option: what --help is asked of."""
    words = ["promoter"]
    for word in sys.argv[1:]:
        if word.startswith("-"):
            break
        words.append(word)
    return " ".join(words[:3])
