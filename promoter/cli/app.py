"""The ``promoter`` application: it imports only the command that is called.

Some commands begin with libraries that take longer to import than others take to run, so the
table in `commands` holds what ``--help`` prints, and a command's module is imported when the
command runs or its own help is shown.
"""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from promoter.cli.commands import SECTIONS, Command, CommandGroup
from promoter.cli.streams import keep_going
from promoter.common.errors import UsageError

_APP: dict[str, Any] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}


class LazyGroup(TyperGroup):
    """A group of commands that are imported one by one."""

    sections: Mapping[str, Mapping[str, Command | CommandGroup]]
    default: str

    @property
    def entries(self) -> dict[str, Command | CommandGroup]:
        """The group's commands by name, in the order of its help."""
        return {name: entry for part in self.sections.values() for name, entry in part.items()}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return one command, imported now; None for an unknown name."""
        entry = self.entries.get(cmd_name)
        if entry is not None and cmd_name not in self.commands:
            self.commands[cmd_name] = (
                group(cmd_name, entry.help, {"Commands": entry.commands}, entry.default)
                if isinstance(entry, CommandGroup)
                else _command(cmd_name, entry)
            )
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write a section of names and summaries for each part of the table."""
        width = max(map(len, self.entries))
        for title, part in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), part[name].help) for name in part])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse ``args``, which default to the group's default command."""
        return super().parse_args(ctx, args or [self.default] * bool(self.default))


def group(
    name: str,
    summary: str,
    sections: Mapping[str, Mapping[str, Command | CommandGroup]],
    default: str = "",
    callback: Callable[..., None] = lambda: None,
    **options: Any,
) -> LazyGroup:
    """Return a group called ``name`` with the commands in ``sections``."""
    app = typer.Typer(name=name, cls=LazyGroup, help=summary, **{**_APP, **options})
    app.callback()(callback)
    made = cast("LazyGroup", get_command(app))
    made.sections, made.default = sections, default
    return made


def application() -> LazyGroup:
    """Return the whole command line."""
    return group(
        "promoter",
        "Carry a change from a commit to a gated production.",
        SECTIONS,
        callback=_root,
        epilog="cepler's own commands: promoter cepler --help",
        add_completion=True,
        context_settings=context_settings(),
    )


def context_settings() -> dict[str, Any]:
    """Return the width of help texts, and no color where ``NO_COLOR`` is set (no-color.org)."""
    return {"max_content_width": 100, "color": False if os.environ.get("NO_COLOR") else None}


def run_app() -> int:
    """Run the command in ``sys.argv``; return its exit code or raise `PromoterError`."""
    for argument in sys.argv[1:]:
        if argument.encode("utf-8", "surrogateescape") != argument.encode("utf-8", "replace"):
            raise UsageError(
                f"read the command line: {argument!a} is not UTF-8",
                next_step="write it in UTF-8, or rename the file that it names",
            )
    try:
        outcome = application().main(
            args=sys.argv[1:] or ["--help"], prog_name="promoter", standalone_mode=False
        )
    except TyperException as error:
        raise UsageError(error.format_message(), next_step=f"{_path(error)} --help") from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    return outcome if isinstance(outcome, int) else 0


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version  # no other command needs it

        typer.echo(version("promoter"))
        raise typer.Exit


def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Accept the options of ``promoter`` itself."""


def _command(name: str, command: Command) -> Any:
    if command.changes:
        keep_going()
    module, _, attribute = f"promoter.cli.{command.target}".partition(":")
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    app = typer.Typer(**_APP)
    app.command(name, context_settings={"ignore_unknown_options": command.passes_options})(function)
    return get_command(app)


def _path(error: TyperException) -> str:
    """Return the command whose --help explains a usage error."""
    context: typer.Context | None = getattr(error, "ctx", None)
    return context.command_path if context else "promoter"
