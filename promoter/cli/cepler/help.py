"""The help texts of cepler 0.7.22, as its clap lays them out."""

from collections.abc import Mapping

from promoter.cli.cepler.syntax import VERSION, CeplerCommand, Option, has_version

Row = tuple[str, str]

_HELP = ("help", "Prints this message or the help of the given subcommand(s)")


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
    argument, about = f"<{command.argument}>", "The destination to put the resource"
    subcommands = [(each.name, each.about) for each in command.subcommands]
    sections = {
        "FLAGS": _flags(command, below_top=len(path) > 1),
        "OPTIONS": [_option(each, variables) for each in command.options if each.value],
        "ARGS": [(argument, about)] if command.argument else [],
        "SUBCOMMANDS": sorted([*subcommands, _HELP]) if subcommands else [],
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


def _option(option: Option, variables: Mapping[str, str]) -> Row:
    about = option.about
    if option.variable:
        value = "" if option.secret else variables.get(option.variable, "")
        about += f" [env: {option.variable}={value}]"
    if option.default is not None:
        about += f" {' ' if option.variable else ''}[default: {option.default}]"
    return (f"-{option.short}, " if option.short else "    ") + option.shown(), about


def _table(rows: list[Row]) -> str:
    import shutil
    import textwrap

    width = max(len(name) for name, _ in rows) + 4
    columns = max(shutil.get_terminal_size((120, 24)).columns, width + 40)
    lines: list[str] = []
    for name, about in rows:
        first, *more = textwrap.wrap(about, columns - width - 4) or [""]
        lines.append(f"    {name.ljust(width)}{first}")
        lines += [f"    {' ' * width}{line}" for line in more]
    return "\n".join(lines) + "\n"
