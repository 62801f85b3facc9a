"""Every command but ``cepler``, one file a group."""

from __future__ import annotations

import sys

import typer

from promoter.errors import UsageError

app = typer.Typer(
    name="promoter",
    help="Carry a change from a commit to a gated production.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def run_app() -> int:
    """Run the command in ``sys.argv``; gives 0, or raises `PromoterError` / `UsageError`."""
    import click

    try:
        outcome = app(args=sys.argv[1:], standalone_mode=False)
    except click.UsageError as error:
        raise UsageError(error.format_message(), next_step=f"{sys.argv[0]} --help") from error
    except click.Abort as error:
        raise KeyboardInterrupt from error
    return outcome if isinstance(outcome, int) else 0
