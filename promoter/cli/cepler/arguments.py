"""Reads cepler's command line as cepler 0.7.22 does, with its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from promoter.cli.cepler.help import help_text, usage
from promoter.cli.cepler.syntax import CEPLER, VERSION, CeplerCommand, Option, has_version
from promoter.common.errors import PromoterError


class WrongUsage(PromoterError):
    """The command line does not fit; cepler ends with 1 here, not with 64."""


class HelpRequest(Exception):
    """Help or version was asked for; ``text`` is what to print."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Arguments(NamedTuple):
    """The arguments of a command: the path of subcommands, and values by option ("" for flags)."""

    command: tuple[str, ...]
    values: Mapping[str, str]

    def value(self, name: str) -> str:
        """Return the value of an option that is required or has a default."""
        return self.values[name]


def parse(argv: Sequence[str], variables: Mapping[str, str]) -> tuple[Arguments, Arguments]:
    """Return the arguments of ``cepler`` itself, and those of its subcommand.

    Raises `WrongUsage`, or `HelpRequest` for help and version.
    """
    words = list(argv)
    command = CEPLER
    path: tuple[str, ...] = (CEPLER.name,)
    top = inner = _Reader(command, path, words, variables).read()
    while command.subcommands:
        if not words:
            raise WrongUsage(help_text(command, path, variables))
        command = _subcommand(command, path, words, variables)
        path = (*path, command.name)
        inner = _Reader(command, path, words, variables).read()
    return Arguments((), top), Arguments(path[1:], inner)


def _subcommand(
    command: CeplerCommand, path: tuple[str, ...], words: list[str], variables: Mapping[str, str]
) -> CeplerCommand:
    name = words.pop(0)
    known = {each.name: each for each in command.subcommands}
    if name in known:
        return known[name]
    if name != "help":
        raise _unexpected(name, command, path)
    for word in words:
        known = {each.name: each for each in command.subcommands}
        if word not in known:
            raise WrongUsage(f"The subcommand '{word}' wasn't recognized")
        command, path = known[word], (*path, word)
    raise HelpRequest(help_text(command, path, variables))


class _Reader:
    """Takes the options and the argument of one command off the front of ``words``."""

    def __init__(
        self,
        command: CeplerCommand,
        path: tuple[str, ...],
        words: list[str],
        variables: Mapping[str, str],
    ) -> None:
        self._command = command
        self._path = path
        self._words = words
        self._variables = variables
        self._values: dict[str, str] = {}

    def read(self) -> dict[str, str]:
        """Return the values by name, those of variables and the defaults included."""
        self._take_words()
        if self._words and not self._command.subcommands:
            raise _unexpected(self._words[0], self._command, self._path)
        for option in self._command.options:
            self._fill(option)
        if self._words or not self._command.subcommands:  # else help comes before what is missing
            self._refuse_missing()
        return self._values

    def _take_words(self) -> None:
        argument, only_arguments = self._command.argument, False
        while self._words and (only_arguments or argument or self._words[0].startswith("-")):
            word = self._words.pop(0)
            if word == "--" and not only_arguments:
                only_arguments = True
            elif word.startswith("-") and word != "-" and not only_arguments:
                self._take_option(word)
            elif argument and argument not in self._values:
                self._values[argument] = word
            else:
                raise _unexpected(word, self._command, self._path)

    def _take_option(self, word: str) -> None:
        found, short, value = self._parts(word)
        if short == "h":
            raise HelpRequest(help_text(self._command, self._path, self._variables))
        if short == "V" and has_version(self._command):
            version = VERSION if len(self._path) == 1 else ""
            raise HelpRequest(f"{'-'.join(self._path)} {version}\n")
        if found is None:
            name = word if value is None else word.partition("=")[0]
            raise _unexpected(name, self._command, self._path)
        if found.long in self._values:
            raise self._misused(
                f"The argument '{found.shown()}' was provided more than once, "
                "but cannot be used multiple times"
            )
        if found.value and value is None:
            value = self._following(found)
        self._values[found.long] = value or "" if found.value else ""

    def _parts(self, word: str) -> tuple[Option | None, str, str | None]:
        """Return the option that ``word`` names, its letter (h and V too), and a value in it."""
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            found = next((each for each in self._command.options if each.long == name), None)
            letter = {"help": "h", "version": "V"}.get(name, "")
            return found, letter, value if equals else None
        letter, value = word[1:2], word[2:]
        found = next((each for each in self._command.options if each.short == letter), None)
        return found, letter, value.removeprefix("=") if value else None

    def _following(self, option: Option) -> str:
        """Return the value of ``option`` in the next word."""
        if not self._words:
            raise self._misused(
                f"The argument '{option.shown()}' requires a value but none was supplied"
            )
        if self._words[0].startswith("-") and self._words[0] != "-":
            raise _unexpected(self._words[0], self._command, self._path)
        return self._words.pop(0)

    def _fill(self, option: Option) -> None:
        if option.long in self._values:
            return
        if option.variable in self._variables:
            self._values[option.long] = self._variables[option.variable]
        elif option.default is not None:
            self._values[option.long] = option.default

    def _refuse_missing(self) -> None:
        options, argument = self._command.options, self._command.argument
        needed = [each.long for each in options if each.required]
        needed += [name for each in options if each.long in self._values for name in each.needs]
        shown = {each.long: each.shown() for each in options}
        missing = [shown[name] for name in needed if name not in self._values]
        if argument and argument not in self._values:
            missing.append(f"<{argument}>")
        if missing:
            raise self._misused(
                f"The following required arguments were not provided: {', '.join(missing)}"
            )

    def _misused(self, what: str) -> WrongUsage:
        return WrongUsage(what, next_step=usage(self._command, self._path))


def _unexpected(word: str, command: CeplerCommand, path: tuple[str, ...]) -> WrongUsage:
    return WrongUsage(
        f"Found argument '{word}' which wasn't expected, or isn't valid in this context",
        next_step=usage(command, path),
    )
