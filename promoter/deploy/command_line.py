"""The command line of ``cdktf``: one table of the verbs and options that are passed on.

cdktn-cli 0.24 takes its options in many spellings (``--skipSynth``, ``-a/path``, ``--help=false``,
``-- --help``, abbreviations of both), and ``apply`` for ``deploy``. So nothing of a command line
reaches it: what this table has is read in one spelling, and the CLI's command line is built anew.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

from promoter.common.errors import UsageError

_HELP = ("--help", "-h")
_UNGATED = "--ungated"


@dataclass(frozen=True)
class Verb:
    """A verb of the CLI: its options without a value, those with one, and its stacks."""

    flags: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    stacks: bool = False
    gated: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """Every option that is supported."""
        return (*self.flags, *self.values, *_HELP)


_APPLY = Verb(
    ("--auto-approve", "--no-color"), ("--terraform-parallelism", _UNGATED), stacks=True, gated=True
)
_DIFF = Verb(
    ("--no-color", "--refresh-only", "--skip-synth"),
    ("--terraform-parallelism", "--output"),
    stacks=True,
)
VERBS = {
    "deploy": _APPLY,
    "destroy": _APPLY,
    "diff": _DIFF,
    "get": Verb(("--force",), ("--language", "--output", "--parallelism")),
    "list": Verb(values=("--output",)),
    "synth": Verb(("--hcl", "--check-code-maker-output"), ("--output",)),
}
"""The supported verbs. The ungated ones change no environment (``diff`` without
``--migrate-state``)."""

ALIASES = {"apply": "deploy", "plan": "diff", "ls": "list", "synthesize": "synth"}


@dataclass(frozen=True)
class CdktfCommand:
    """A parsed command line; ``options`` are those of the CLI, in its own long spelling."""

    verb: str
    stacks: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    ungated: str | None = None

    @property
    def gated(self) -> bool:
        """Return True if it changes an environment."""
        return self.needs_terraform and VERBS[self.verb].gated

    @property
    def needs_terraform(self) -> bool:
        """Return True if the CLI runs Terraform for it."""
        return self.verb in VERBS and self.options != _HELP[:1]

    @property
    def auto_approve(self) -> bool:
        """Return True if the CLI does not ask before it applies."""
        return "--auto-approve" in self.options

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments for the CLI.

        Locking providers for other machines needs their registry; no lock is committed.
        """
        own = ("--skip-provider-lock",) if self.verb == "diff" and self.needs_terraform else ()
        return (*filter(None, (self.verb,)), *self.stacks, *self.options, *own)

    def __str__(self) -> str:
        return " ".join(("cdktf", self.verb, *self.stacks))


def parse(line: Sequence[str]) -> CdktfCommand:
    """Parse a command line; raises `UsageError` for all that is not in the table."""
    name, *rest = line or ("--help",)
    if name in ("help", *_HELP):
        name, rest = (rest[0], ["--help"]) if rest else ("", ["--help"])
    if name == "--version" and not rest:
        return CdktfCommand("", options=("--version",))
    if not name:
        return CdktfCommand("", options=_HELP[:1])
    verb = ALIASES.get(name, name)
    if verb not in VERBS:
        _refuse_verb(name)
    return _parse_options(verb, VERBS[verb], deque(rest))


def _parse_options(name: str, verb: Verb, rest: deque[str]) -> CdktfCommand:
    stacks: list[str] = []
    options: list[str] = []
    ungated = None
    while rest:
        word = rest.popleft()
        option, has_value, value = word.partition("=")
        if word in _HELP:
            return CdktfCommand(name, options=_HELP[:1])
        if word in verb.flags:
            options.append(word)
        elif option in verb.values:
            found = value if has_value else _value(name, option, rest)
            if option == _UNGATED:
                ungated = found
            else:
                options.append(f"{option}={found}")
        elif word.startswith("-") or not verb.stacks or not word:
            _refuse_option(name, verb, word)
        else:
            stacks.append(word)
    return CdktfCommand(name, tuple(stacks), tuple(dict.fromkeys(options)), ungated)


def _value(verb: str, option: str, rest: deque[str]) -> str:
    if rest and rest[0] and not rest[0].startswith("-"):
        return rest.popleft()
    if option == _UNGATED:
        raise UsageError(
            "--ungated requires a reason", next_step="--ungated '<why the gate cannot be used now>'"
        )
    raise UsageError(f"cdktf {verb}: {option} requires a value", next_step=f"{option}=<value>")


def _refuse_verb(name: str) -> Never:
    if name == "watch":
        raise UsageError(
            "cdktf watch: it applies every change of a file without the gate",
            next_step="cdktf diff <stack> shows changes, cdktf deploy <stack> applies them",
        )
    raise UsageError(
        f"cdktf {name}: not supported",
        next_step=f"one of: {', '.join(VERBS)}, {', '.join(ALIASES)}, help, --version",
    )


def _refuse_option(name: str, verb: Verb, word: str) -> Never:
    raise UsageError(
        f"cdktf {name}: {word or repr(word)} is not supported",
        next_step=f"supported, in this spelling: {', '.join(verb.options)}",
    )
