"""The help texts of cepler 0.7.22, as its clap lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promoter.cli.cepler.syntax import VERSION, CeplerCommand, Option, has_version

Row = tuple[str, str]


def usage(command: CeplerCommand, path: tuple[str, ...]) -> str:
    """Return the usage line of ``command``."""
    parts = [" ".join(path)]
    if any(not each.value for each in command.options):
        parts.append("[FLAGS]")
    if any(each.value and not each.required for each in command.options):
        parts.append("[OPTIONS]")
    parts += [each.shown() for each in command.options if each.required]
    parts += ["<SUBCOMMAND>"] if command.subcommands else []
    parts += [f"<{command.argument}>"] if command.argument else []
    return " ".join(parts)


def help_text(command: CeplerCommand, path: tuple[str, ...], variables: Mapping[str, str]) -> str:
    """Return the help of ``command``; secrets in variables are not shown."""
    title = f"cepler {VERSION}" if len(path) == 1 else f"{'-'.join(path)} \n{command.about}"
    sections = {
        "FLAGS": _flags(command, below_top=len(path) > 1),
        "OPTIONS": _options(command, variables),
        "ARGS": _arguments(command),
        "SUBCOMMANDS": _subcommands(command),
    }
    shown = [f"{title}\n", f"USAGE:\n    {usage(command, path)}\n"]
    shown += [f"{name}:\n{_table(rows)}" for name, rows in sections.items() if rows]
    return "\n".join(shown)


def _flags(command: CeplerCommand, *, below_top: bool) -> list[Row]:
    flags = [(f"    --{each.long}", each.about) for each in command.options if not each.value]
    flags.append(("-h, --help", "Prints help information"))
    if has_version(command) and not (command.subcommands and below_top):
        flags.append(("-V, --version", "Prints version information"))
    return flags


def _options(command: CeplerCommand, variables: Mapping[str, str]) -> list[Row]:
    return [
        (
            (f"-{each.short}, " if each.short else "    ") + each.shown(),
            each.about + _hints(each, variables),
        )
        for each in command.options
        if each.value
    ]


def _arguments(command: CeplerCommand) -> list[Row]:
    about = "The destination to put the resource"
    return [(f"<{command.argument}>", about)] if command.argument else []


def _subcommands(command: CeplerCommand) -> list[Row]:
    names = [(each.name, each.about) for each in command.subcommands]
    help_ = ("help", "Prints this message or the help of the given subcommand(s)")
    return sorted([*names, help_]) if names else []


def _hints(option: Option, variables: Mapping[str, str]) -> str:
    hints = ""
    if option.variable:
        value = "" if option.secret else variables.get(option.variable, "")
        hints += f" [env: {option.variable}={value}]"
    if option.default is not None:
        hints += f" {' ' if option.variable else ''}[default: {option.default}]"
    return hints


def _table(rows: Sequence[tuple[str, str]]) -> str:
    import shutil
    import textwrap

    width = max(len(name) for name, _ in rows) + 4
    columns = max(shutil.get_terminal_size((120, 24)).columns, width + 40)
    lines: list[str] = []
    for name, about in rows:
        wrapped = textwrap.wrap(about, columns - width - 4) or [""]
        lines.append(f"    {name.ljust(width)}{wrapped[0]}")
        lines += [f"    {' ' * width}{line}" for line in wrapped[1:]]
    return "\n".join(lines) + "\n"
