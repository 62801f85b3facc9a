"""Reads cepler's command line as cepler 0.7.22 does, with its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from promoter.cli.cepler.help import help_text, usage
from promoter.cli.cepler.syntax import CEPLER, VERSION, CeplerCommand, Option, has_version
from promoter.common.errors import PromoterError

Values = Mapping[str, str]
"""Values by option or argument; a flag that is set has the value ""."""


class WrongUsage(PromoterError):
    """The command line does not fit; cepler ends with 1 here, not with 64."""


class HelpRequest(Exception):
    """The command line requests help or version; ``str()`` is the output."""


def parse(argv: Sequence[str], variables: Values) -> tuple[tuple[str, ...], Values, Values]:
    """Return the path of subcommands, the values of ``cepler`` itself, and the subcommand's.

    Raises `WrongUsage`, or `HelpRequest` for help and version.
    """
    reader = _Reader(CEPLER, (CEPLER.name,), list(argv), variables)
    top = inner = reader.read()
    while reader.command.subcommands:
        reader = reader.subcommand()
        inner = reader.read()
    return reader.path[1:], top, inner


@dataclass
class _Reader:
    """Takes the options and the argument of one command off the front of ``words``."""

    command: CeplerCommand
    path: tuple[str, ...]
    words: list[str]
    variables: Values
    values: dict[str, str] = field(default_factory=dict)

    def read(self) -> Values:
        """Return the values by name, those of variables and the defaults included."""
        self._take_words()
        if self.words and not self.command.subcommands:
            raise self._unexpected(self.words[0])
        for option in self.command.options:
            value = self.variables.get(option.variable, option.default)
            if value is not None:
                self.values.setdefault(option.long, value)
        if self.words or not self.command.subcommands:  # else help comes before what is missing
            self._refuse_missing()
        return self.values

    def subcommand(self) -> _Reader:
        """Return the reader of the subcommand in the next word."""
        if not self.words:
            raise WrongUsage(self._help())
        name = self.words.pop(0)
        if (below := self._below(name)) is not None:
            return below
        if name != "help":
            raise self._unexpected(name)
        shown = self
        for word in self.words:
            if (below := shown._below(word)) is None:
                raise WrongUsage(f"The subcommand '{word}' wasn't recognized")
            shown = below
        raise HelpRequest(shown._help())

    def _below(self, name: str) -> _Reader | None:
        for each in self.command.subcommands:
            if each.name == name:
                return _Reader(each, (*self.path, name), self.words, self.variables)
        return None

    def _take_words(self) -> None:
        argument, only_arguments = self.command.argument, False
        while self.words and (only_arguments or argument or self.words[0].startswith("-")):
            word = self.words.pop(0)
            if word == "--" and not only_arguments:
                only_arguments = True
            elif word.startswith("-") and word != "-" and not only_arguments:
                self._take_option(word)
            elif argument and argument not in self.values:
                self.values[argument] = word
            else:
                raise self._unexpected(word)

    def _take_option(self, word: str) -> None:
        found, short, value = self._parts(word)
        if short == "h":
            raise HelpRequest(self._help())
        if short == "V" and has_version(self.command):
            version = VERSION if len(self.path) == 1 else ""
            raise HelpRequest(f"{'-'.join(self.path)} {version}\n")
        if found is None:
            raise self._unexpected(word if value is None else word.partition("=")[0])
        if found.long in self.values:
            raise self._misused(
                f"The argument '{found.shown()}' was provided more than once, "
                "but cannot be used multiple times"
            )
        if found.value and value is None:
            value = self._following(found)
        self.values[found.long] = value or "" if found.value else ""

    def _parts(self, word: str) -> tuple[Option | None, str, str | None]:
        """Return the option that ``word`` names, its letter (h and V too), and a value in it."""
        options = self.command.options
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            letter = {"help": "h", "version": "V"}.get(name, "")
            found = next((each for each in options if each.long == name), None)
            return found, letter, value if equals else None
        letter, value = word[1:2], word[2:]
        found = next((each for each in options if each.short == letter), None)
        return found, letter, value.removeprefix("=") if value else None

    def _following(self, option: Option) -> str:
        """Return the value of ``option`` in the next word."""
        if not self.words:
            raise self._misused(
                f"The argument '{option.shown()}' requires a value but none was supplied"
            )
        if self.words[0].startswith("-") and self.words[0] != "-":
            raise self._unexpected(self.words[0])
        return self.words.pop(0)

    def _refuse_missing(self) -> None:
        options, argument = self.command.options, self.command.argument
        needed = [each.long for each in options if each.required]
        needed += [name for each in options if each.long in self.values for name in each.needs]
        shown = {each.long: each.shown() for each in options}
        missing = [shown[name] for name in needed if name not in self.values]
        if argument and argument not in self.values:
            missing.append(f"<{argument}>")
        if missing:
            raise self._misused(
                f"The following required arguments were not provided: {', '.join(missing)}"
            )

    def _help(self) -> str:
        return help_text(self.command, self.path, self.variables)

    def _unexpected(self, word: str) -> WrongUsage:
        return self._misused(
            f"Found argument '{word}' which wasn't expected, or isn't valid in this context"
        )

    def _misused(self, reason: str) -> WrongUsage:
        return WrongUsage(reason, next_step=usage(self.command, self.path))
