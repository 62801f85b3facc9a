"""The command line of cepler 0.7.22: options, what they need, and its help texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from promoter.errors import PromoterError

VERSION = "0.7.22"


class Misused(PromoterError):
    """The command line does not fit; cepler ends with 1 here, not with 64."""


class HelpAsked(Exception):
    """Help or version was asked for; ``text`` is what to print."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Option(NamedTuple):
    """``--long``, with a value unless ``value`` is empty (then it is a flag)."""

    long: str
    about: str
    value: str = ""
    short: str = ""
    variable: str = ""
    default: str | None = None
    required: bool = False
    needs: tuple[str, ...] = ()
    secret: bool = False

    def shown(self) -> str:
        """As errors and help show it."""
        return f"--{self.long} <{self.value}>" if self.value else f"--{self.long}"


class Command(NamedTuple):
    """A command or subcommand."""

    name: str
    about: str
    options: tuple[Option, ...] = ()
    argument: str = ""
    subcommands: tuple[Command, ...] = ()


class Given(NamedTuple):
    """What was given: the path of subcommands, and values by option (flags: an empty text)."""

    command: tuple[str, ...]
    values: Mapping[str, str]

    def value(self, name: str) -> str:
        """An option's value; only for one that is required or has a default."""
        return self.values[name]


_URL = Option("git-url", "Remote url for --clone option", "GIT_URL", variable="GIT_URL")
_BRANCH = Option(
    "git-branch", "Branch for --clone option", "GIT_BRANCH", variable="GIT_BRANCH", default="main"
)
_KEY = Option(
    "git-private-key",
    "Private key for --clone option",
    "GIT_PRIVATE_KEY",
    variable="GIT_PRIVATE_KEY",
    secret=True,
)
_ENVIRONMENT = Option(
    "environment",
    "The cepler environment",
    "ENVIRONMENT",
    "e",
    variable="CEPLER_ENVIRONMENT",
    required=True,
)
_CLEAN = Option("force-clean", "Delete all files not referenced in cepler.yml")

CEPLER = Command(
    "cepler",
    "",
    (
        Option("ignore-queue", "Ignore the propagation queue"),
        Option(
            "clone",
            "Clone the repository into <dir>. Pulls latest changes if already present.",
            "CLONE_DIR",
            needs=("git-url", "git-private-key"),
        ),
        Option(
            "config", "Cepler config file", "CONFIG_FILE", "c", "CEPLER_CONF", default="cepler.yml"
        ),
        Option(
            "gates-branch",
            "Branch to find the gate file",
            "GATES_BRANCH",
            variable="GATES_BRANCH",
            needs=("gates",),
        ),
        Option("gates", "Cepler gate file", "GATES_FILE", "g", "CEPLER_GATES"),
        _BRANCH,
        _KEY,
        _URL,
    ),
    subcommands=(
        Command(
            "check",
            "Check wether the environment needs deploying. Exit codes: 0 - needs deploying; "
            "1 - internal error; 2 - nothing to deploy",
            (_ENVIRONMENT,),
        ),
        Command(
            "concourse",
            "Subcommand for concourse integration",
            subcommands=(
                Command("check", "The check command for the concourse resource"),
                Command("ci_in", "The in command for the concourse resource", (), "DESTINATION"),
                Command("ci_out", "The out command for the concourse resource", (), "ORIGIN"),
            ),
        ),
        Command("latest", "Return the commit hash of the lastest record", (_ENVIRONMENT,)),
        Command("ls", "List all files relevent to a given environment", (_ENVIRONMENT,)),
        Command("prepare", "Prepare workspace for hook execution", (_CLEAN, _ENVIRONMENT)),
        Command(
            "record",
            "Record the state of an environment in the statefile",
            (
                Option("no-commit", "Don't commit the new state"),
                Option(
                    "push",
                    "Push head to remote",
                    needs=("reset-head", "git-url", "git-private-key"),
                ),
                Option("reset-head", "Checkout files to head after committing the state"),
                _ENVIRONMENT,
                _BRANCH,
                _KEY,
                _URL,
            ),
        ),
        Command(
            "reproduce",
            "Reproduce workspace according to last recorded state",
            (_CLEAN, _ENVIRONMENT),
        ),
    ),
)


def parse(argv: Sequence[str], variables: Mapping[str, str]) -> tuple[Given, Given]:
    """What was given to ``cepler`` itself, and to its subcommand.

    Raises `Misused`, or `HelpAsked` for help and version.
    """
    words = list(argv)
    top = _options(CEPLER, (CEPLER.name,), words, variables)
    path: tuple[str, ...] = (CEPLER.name,)
    command, inner = CEPLER, top
    while command.subcommands:
        if not words:
            raise Misused(help_text(command, path, variables))
        command = _subcommand(command, path, words, variables)
        path = (*path, command.name)
        inner = _options(command, path, words, variables)
    return Given((), top), Given(path[1:], inner)


def _subcommand(
    command: Command, path: tuple[str, ...], words: list[str], variables: Mapping[str, str]
) -> Command:
    name = words.pop(0)
    known = {each.name: each for each in command.subcommands}
    if name in known:
        return known[name]
    if name != "help":
        raise _unexpected(name, command, path)
    for word in words:
        known = {each.name: each for each in command.subcommands}
        if word not in known:
            raise Misused(f"The subcommand '{word}' wasn't recognized")
        command, path = known[word], (*path, word)
    raise HelpAsked(help_text(command, path, variables))


def _options(
    command: Command, path: tuple[str, ...], words: list[str], variables: Mapping[str, str]
) -> dict[str, str]:
    values: dict[str, str] = {}
    only_arguments = False
    while words and (only_arguments or command.argument or words[0].startswith("-")):
        word = words.pop(0)
        if word == "--" and not only_arguments:
            only_arguments = True
        elif word.startswith("-") and word != "-" and not only_arguments:
            _option(command, path, word, words, values, variables)
        elif command.argument and command.argument not in values:
            values[command.argument] = word
        else:
            raise _unexpected(word, command, path)
    if words and not command.subcommands:
        raise _unexpected(words[0], command, path)
    for option in command.options:
        _fill(option, values, variables)
    if command.subcommands and not words:
        return values  # help comes before what is missing
    _refuse_missing(command, path, values)
    return values


def _option(
    command: Command,
    path: tuple[str, ...],
    word: str,
    words: list[str],
    values: dict[str, str],
    variables: Mapping[str, str],
) -> None:
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        found = next((each for each in command.options if each.long == name), None)
        short = {"help": "h", "version": "V"}.get(name, "")
    else:
        name, value = word[1:2], word[2:]
        equals, value = ("=" if value else ""), value.removeprefix("=")
        found = next((each for each in command.options if each.short == name), None)
        short = name
    if short == "h":
        raise HelpAsked(help_text(command, path, variables))
    if short == "V" and _has_version(command):
        raise HelpAsked(f"{'-'.join(path)} {VERSION if len(path) == 1 else ''}\n")
    if found is None:
        raise _unexpected(word if not equals else word.partition("=")[0], command, path)
    if found.long in values:
        raise Misused(
            f"The argument '{found.shown()}' was provided more than once, "
            "but cannot be used multiple times",
            next_step=usage(command, path),
        )
    if found.value and not equals:
        if not words:
            raise Misused(
                f"The argument '{found.shown()}' requires a value but none was supplied",
                next_step=usage(command, path),
            )
        if words[0].startswith("-") and words[0] != "-":
            raise _unexpected(words[0], command, path)
        value = words.pop(0)
    values[found.long] = value if found.value else ""


def _fill(option: Option, values: dict[str, str], variables: Mapping[str, str]) -> None:
    if option.long in values:
        return
    if option.variable in variables:
        values[option.long] = variables[option.variable]
    elif option.default is not None:
        values[option.long] = option.default


def _refuse_missing(command: Command, path: tuple[str, ...], values: Mapping[str, str]) -> None:
    needed = [each.long for each in command.options if each.required]
    needed += [name for each in command.options if each.long in values for name in each.needs]
    shown = {each.long: each.shown() for each in command.options}
    missing = [shown[name] for name in needed if name not in values]
    if command.argument and command.argument not in values:
        missing.append(f"<{command.argument}>")
    if missing:
        raise Misused(
            f"The following required arguments were not provided: {', '.join(missing)}",
            next_step=usage(command, path),
        )


def _unexpected(word: str, command: Command, path: tuple[str, ...]) -> Misused:
    return Misused(
        f"Found argument '{word}' which wasn't expected, or isn't valid in this context",
        next_step=usage(command, path),
    )


def _has_version(command: Command) -> bool:
    return command is CEPLER or bool(command.argument) or not command.options


# --- help ------------------------------------------------------------------------------


def usage(command: Command, path: tuple[str, ...]) -> str:
    """The usage line of ``command``."""
    parts = [" ".join(path)]
    if any(not each.value for each in command.options):
        parts.append("[FLAGS]")
    if any(each.value and not each.required for each in command.options):
        parts.append("[OPTIONS]")
    parts += [each.shown() for each in command.options if each.required]
    parts += ["<SUBCOMMAND>"] if command.subcommands else []
    parts += [f"<{command.argument}>"] if command.argument else []
    return " ".join(parts)


def help_text(command: Command, path: tuple[str, ...], variables: Mapping[str, str]) -> str:
    """The help of ``command``; secrets in variables are not shown."""
    title = f"cepler {VERSION}" if len(path) == 1 else f"{'-'.join(path)} \n{command.about}"
    flags = [(f"    --{each.long}", each.about) for each in command.options if not each.value]
    flags.append(("-h, --help", "Prints help information"))
    if _has_version(command) and not (command.subcommands and len(path) > 1):
        flags.append(("-V, --version", "Prints version information"))
    options = [
        (
            (f"-{each.short}, " if each.short else "    ") + each.shown(),
            each.about + _hints(each, variables),
        )
        for each in command.options
        if each.value
    ]
    sections = [("FLAGS", flags), ("OPTIONS", options)]
    if command.argument:
        sections.append(
            ("ARGS", [(f"<{command.argument}>", "The destination to put the resource")])
        )
    names = [(each.name, each.about) for each in command.subcommands]
    names.append(("help", "Prints this message or the help of the given subcommand(s)"))
    sections.append(("SUBCOMMANDS", sorted(names) if command.subcommands else []))
    shown = [f"{title}\n", f"USAGE:\n    {usage(command, path)}\n"]
    shown += [f"{name}:\n{_table(rows)}" for name, rows in sections if rows]
    return "\n".join(shown)


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
