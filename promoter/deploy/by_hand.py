"""``cdktf deploy`` and ``cdktf destroy`` typed by hand: the gate, before the CDK Terrain CLI."""

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, replace

from promoter.common.errors import NotCleared, UsageError
from promoter.deploy.record import note
from promoter.gate.decision import decide
from promoter.gate.state import DeployState
from promoter.gate.workspace import differences
from promoter.site.evidence import Evidence
from promoter.site.site import Site

GATED = ("deploy", "destroy")
_SHOWN = 5

# Options of these verbs that take a value (cdktn-cli 0.24, `cdktn deploy --help`), so that
# the value is not read as a stack's name. A list takes everything up to the next option.
_VALUE_OPTIONS = {
    "--experimental-provider-schema-cache-path",
    "--log-file-directory",
    "--log-level",
    "--outputs-file",
    "--parallelism",
    "--terraform-parallelism",
}
_LIST_OPTIONS = {"--var", "--var-file"}
# These would apply something other than the output of the tree that the gate checks.
_REJECTED_OPTIONS = ("--app", "-a", "--output", "-o", "--skip-synth")
REJECTED_VARIABLES = ("CDKTF_APP", "CDKTF_OUTPUT", "CDKTF_SKIP_SYNTH")
"""The same options as CDK Terrain reads them from the environment."""


@dataclass(frozen=True)
class CdktfCommand:
    """A parsed command line of ``cdktf``; ``arguments`` are those for the real CLI."""

    verb: str | None
    stacks: tuple[str, ...]
    arguments: tuple[str, ...]
    ungated: str | None = None

    @property
    def gated(self) -> bool:
        """Return True if it changes an environment."""
        return self.verb in GATED and not {"--help", "-h"} & set(self.arguments)


def parse(line: Sequence[str]) -> CdktfCommand:
    """Parse a command line; raises `UsageError` for options that bypass the gate."""
    arguments, ungated = _without_ungated(list(line))
    words = _positional(arguments)
    command = CdktfCommand(words[0] if words else None, tuple(words[1:]), tuple(arguments), ungated)
    if command.gated:
        _reject_options(arguments)
    return command


def check(site: Site, command: CdktfCommand, *, in_ci: bool) -> tuple[str, ...]:
    """Return the full names of the stacks that the command may change.

    Raises `NotCleared` if the work tree is neither what the gate clears for a stack nor what
    is recorded for it, `UsageError` if no cepler file names a stack.
    """
    stacks = _expanded(site, command)
    if command.ungated is not None:
        _bypass(site, command, stacks, in_ci=in_ci)
        return stacks
    require = _require_approval if command.verb == "destroy" else _require_cleared_tree
    for stack in stacks:
        require(site, stack)
    return stacks


def _require_cleared_tree(site: Site, stack: str) -> None:
    deployment = site.deployment(stack)
    decision = decide(deployment, stack, origins=False)
    recorded = deployment.recorded(stack)
    allowed: list[DeployState] = [recorded.current] if recorded else []
    if decision.is_due:
        allowed.insert(0, decision.state)
    different = [differences(deployment, site.git, stack, state) for state in allowed]
    if () in different:
        return
    cause = "; ".join(different[0][:_SHOWN]) if different else "nothing is cleared for it"
    raise NotCleared(
        f"deploy {stack}: this tree is not what the gate cleared for it: {cause}",
        next_step=f"promoter deploy {stack} deploys exactly what is cleared",
    )


def _require_approval(site: Site, stack: str) -> None:
    recorded = site.deployment(stack).recorded(stack)
    version = str(recorded.version) if recorded else "0"
    if site.approvals.special(stack, "destroy", version) is None:
        raise NotCleared(
            f"destroy {stack}: version {version} has no approval to be destroyed",
            next_step=f"promoter approve {stack} --destroy --reason '...'",
        )


def _bypass(site: Site, command: CdktfCommand, stacks: Sequence[str], *, in_ci: bool) -> None:
    """Record that the gate is bypassed, before it is; never in CI."""
    if in_ci:
        raise NotCleared(
            f"{command.verb} {' '.join(stacks)}: --ungated is for people, and CI is set",
            next_step=f"promoter deploy {stacks[0]}",
        )
    reason = " ".join((command.ungated or "").split())
    if not reason:
        raise UsageError("--ungated requires a reason")
    trigger = site.git.commit("HEAD") or site.tip
    details = {"verb": command.verb, "changed": site.git.changed()}
    for stack in stacks:
        bypass = Evidence(site.deployment_of(stack), stack, "ungated", "noted", trigger)
        note(site, replace(bypass, summary=reason, details=details))


def _expanded(site: Site, command: CdktfCommand) -> tuple[str, ...]:
    """Return the name of every stack that a pattern matches: the gate requires names."""
    if not command.stacks:
        raise UsageError(
            f"{command.verb}: no stack is named",
            next_step=f"cdktf {command.verb} local-staging, for example",
        )
    known = [name for each in site.deployments.values() for name in each.environments]
    names = [
        name for pattern in command.stacks for name in fnmatch.filter(known, pattern) or [pattern]
    ]
    for name in names:
        site.deployment_of(name)
    return tuple(dict.fromkeys(names))


def _without_ungated(arguments: list[str]) -> tuple[list[str], str | None]:
    for index, word in enumerate(arguments):
        if word.startswith("--ungated="):
            return arguments[:index] + arguments[index + 1 :], word.partition("=")[2]
        if word == "--ungated":
            rest = arguments[index + 1 :]
            if not rest or rest[0].startswith("-"):
                raise UsageError(
                    "--ungated requires a reason",
                    next_step="--ungated '<why the gate cannot be used now>'",
                )
            return arguments[:index] + rest[1:], rest[0]
    return arguments, None


def _positional(arguments: Sequence[str]) -> list[str]:
    words, value, values = [], False, False
    for argument in arguments:
        if argument.startswith("-"):
            value, values = argument in _VALUE_OPTIONS, argument in _LIST_OPTIONS
        elif value:
            value = False
        elif not values:
            words.append(argument)
    return words


def _reject_options(arguments: Sequence[str]) -> None:
    for argument in arguments:
        if argument.partition("=")[0] in _REJECTED_OPTIONS:
            raise UsageError(
                f"{argument}: would apply something other than the tree that the gate checks",
                next_step="leave it out; cdktf diff shows the changes without applying them",
            )
