"""The command line of cepler 0.7.22: its commands, and the options that each one has."""

from __future__ import annotations

from typing import NamedTuple

VERSION = "0.7.22"


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
        """Return the option as errors and help show it."""
        return f"--{self.long} <{self.value}>" if self.value else f"--{self.long}"


class CeplerCommand(NamedTuple):
    """A command or subcommand."""

    name: str
    about: str
    options: tuple[Option, ...] = ()
    argument: str = ""
    subcommands: tuple[CeplerCommand, ...] = ()


_REMOTE = (
    Option("git-branch", "Branch for --clone option", "GIT_BRANCH", "", "GIT_BRANCH", "main"),
    Option(
        "git-private-key",
        "Private key for --clone option",
        "GIT_PRIVATE_KEY",
        variable="GIT_PRIVATE_KEY",
        secret=True,
    ),
    Option("git-url", "Remote url for --clone option", "GIT_URL", variable="GIT_URL"),
)
_CREDENTIALS = ("git-url", "git-private-key")
_ENVIRONMENT = Option(
    "environment",
    "The cepler environment",
    "ENVIRONMENT",
    "e",
    "CEPLER_ENVIRONMENT",
    required=True,
)
_CLEAN = Option("force-clean", "Delete all files not referenced in cepler.yml")

_CLONE = "Clone the repository into <dir>. Pulls latest changes if already present."
_CHECK = (
    "Check wether the environment needs deploying. Exit codes: 0 - needs deploying; "
    "1 - internal error; 2 - nothing to deploy"
)
_CONCOURSE = (
    CeplerCommand("check", "The check command for the concourse resource"),
    CeplerCommand("ci_in", "The in command for the concourse resource", (), "DESTINATION"),
    CeplerCommand("ci_out", "The out command for the concourse resource", (), "ORIGIN"),
)
_RECORD = (
    Option("no-commit", "Don't commit the new state"),
    Option("push", "Push head to remote", needs=("reset-head", *_CREDENTIALS)),
    Option("reset-head", "Checkout files to head after committing the state"),
    _ENVIRONMENT,
    *_REMOTE,
)
_REPRODUCE = "Reproduce workspace according to last recorded state"

CEPLER = CeplerCommand(
    "cepler",
    "",
    (
        Option("ignore-queue", "Ignore the propagation queue"),
        Option("clone", _CLONE, "CLONE_DIR", needs=_CREDENTIALS),
        Option("config", "Cepler config file", "CONFIG_FILE", "c", "CEPLER_CONF", "cepler.yml"),
        Option(
            "gates-branch",
            "Branch to find the gate file",
            "GATES_BRANCH",
            variable="GATES_BRANCH",
            needs=("gates",),
        ),
        Option("gates", "Cepler gate file", "GATES_FILE", "g", "CEPLER_GATES"),
        *_REMOTE,
    ),
    subcommands=(
        CeplerCommand("check", _CHECK, (_ENVIRONMENT,)),
        CeplerCommand("concourse", "Subcommand for concourse integration", subcommands=_CONCOURSE),
        CeplerCommand("latest", "Return the commit hash of the lastest record", (_ENVIRONMENT,)),
        CeplerCommand("ls", "List all files relevent to a given environment", (_ENVIRONMENT,)),
        CeplerCommand("prepare", "Prepare workspace for hook execution", (_CLEAN, _ENVIRONMENT)),
        CeplerCommand("record", "Record the state of an environment in the statefile", _RECORD),
        CeplerCommand("reproduce", _REPRODUCE, (_CLEAN, _ENVIRONMENT)),
    ),
)


def has_version(command: CeplerCommand) -> bool:
    """Return whether ``command`` answers --version."""
    return command is CEPLER or bool(command.argument) or not command.options
