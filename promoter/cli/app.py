"""Every command but ``cepler``, one file a group."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer
from typer.exceptions import TyperException

from promoter.common.errors import UsageError

# Where each command is, in the order of the help. Only the one that is called is imported:
# some of them start with libraries that take longer than the others' whole work.
COMMANDS = {
    "deploy": "promoter.cli.deploy:deploy",
    "approve": "promoter.cli.approve:approve",
    "status": "promoter.cli.status:status",
    "plan": "promoter.cli.plan:plan",
    "why": "promoter.cli.plan:why",
    "lint": "promoter.cli.lint:lint",
    "version": "promoter.cli.version:app",
    "commits": "promoter.cli.commits:app",
    "release": "promoter.cli.release:app",
    "verify": "promoter.cli.verify:app",
    "vendor": "promoter.cli.vendor:app",
    "preview": "promoter.cli.preview:preview",
    "testflight": "promoter.cli.testflight:app",
    "trace": "promoter.cli.trace:trace",
    "toolchain": "promoter.cli.toolchain:app",
    "platform": "promoter.cli.platform:app",
    "pipeline": "promoter.cli.pipeline:app",
}


def app_with(*names: str) -> typer.Typer:
    """The application with the commands ``names`` of `COMMANDS`."""
    app = typer.Typer(
        name="promoter",
        help="Carry a change from a commit to a gated production.",
        epilog="The gate by cepler's own commands: promoter cepler --help",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={
            # The default of 80 cuts what the list says of most commands.
            "max_content_width": 100,
            "color": False if os.environ.get("NO_COLOR") else None,
        },
    )
    # With a callback, one command alone still is called by its name.
    app.callback()(lambda: None)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def run_app() -> int:
    """Run the command in ``sys.argv``; gives its exit code or raises `PromoterError`."""
    arguments = sys.argv[1:] or ["--help"]
    app = app_with(arguments[0]) if arguments[0] in COMMANDS else app_with(*COMMANDS)
    try:
        outcome = app(args=arguments, prog_name="promoter", standalone_mode=False)
    except TyperException as error:
        raise UsageError(error.format_message(), next_step=f"{_called(error)} --help") from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return outcome if isinstance(outcome, int) else 0


def _called(error: TyperException) -> str:
    """The command that was called wrongly: what --help is asked of."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else "promoter"
