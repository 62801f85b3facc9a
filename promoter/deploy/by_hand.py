"""``cdktf deploy`` and ``cdktf destroy`` typed by hand: the same gate, before the real CLI."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

from promoter.common.errors import NotCleared, UsageError
from promoter.deploy.record import note
from promoter.gate.decision import Due
from promoter.gate.preparing import differences
from promoter.gate.state import DeployState
from promoter.site.evidence import Evidence, actor, now
from promoter.site.site import Site

GATED = ("deploy", "destroy")
_SHOWN = 5

# Options of these verbs that take a value (cdktn-cli 0.24, `cdktn deploy --help`), so that
# the value is not read as a stack's name. An array takes all that follows up to an option.
_VALUE = {
    "--experimental-provider-schema-cache-path",
    "--log-file-directory",
    "--log-level",
    "--outputs-file",
    "--parallelism",
    "--terraform-parallelism",
}
_ARRAY = {"--var", "--var-file"}
# These would apply something else than what the tree that was checked synthesizes to.
_REFUSED = ("--app", "-a", "--output", "-o", "--skip-synth")
VARIABLES_REFUSED = ("CDKTF_APP", "CDKTF_OUTPUT", "CDKTF_SKIP_SYNTH")
"""The same options as CDK Terrain reads them from the environment."""


@dataclass(frozen=True)
class CdktfCommand:
    """A command line of ``cdktf``, taken apart: ``passed`` is what the real CLI is given."""

    verb: str | None
    stacks: tuple[str, ...]
    passed: tuple[str, ...]
    ungated: str | None = None

    @property
    def gated(self) -> bool:
        """Whether it changes an environment."""
        return self.verb in GATED and not {"--help", "-h"} & set(self.passed)


def parse(arguments: Sequence[str]) -> CdktfCommand:
    """Take a command line apart; raises `UsageError` for options that go round the gate."""
    passed, ungated = _without_ungated(list(arguments))
    words = _positional(passed)
    verb = words[0] if words else None
    command = CdktfCommand(verb, tuple(words[1:]), tuple(passed), ungated)
    if command.gated:
        _refuse_detours(passed)
    return command


def check(site: Site, command: CdktfCommand, *, in_ci: bool) -> tuple[str, ...]:
    """The stacks that the command may change, their names in full.

    Raises `NotCleared` where the work tree is neither what the gate clears for a stack nor
    what is recorded for it, `UsageError` where no cepler file names one.
    """
    stacks = _expanded(site, command)
    if command.ungated is not None:
        _let_pass(site, command, stacks, in_ci=in_ci)
        return stacks
    for stack in stacks:
        if command.verb == "destroy":
            _check_destroy(site, stack)
        else:
            _check_deploy(site, stack)
    return stacks


def _check_deploy(site: Site, stack: str) -> None:
    deployment = site.deployment(stack)
    decision = deployment.decide(stack, origins=False)
    recorded = deployment.recorded(stack)
    allowed: list[DeployState] = [recorded.current] if recorded else []
    if isinstance(decision, Due):
        allowed.insert(0, decision.state)
    found = [differences(deployment, site.git, stack, state) for state in allowed]
    if any(not different for different in found):
        return
    told = "; ".join(found[0][:_SHOWN]) if found else "nothing is cleared for it"
    raise NotCleared(
        f"deploy {stack}: this tree is not what the gate cleared for it: {told}",
        next_step=f"promoter deploy {stack} deploys exactly what is cleared",
    )


def _check_destroy(site: Site, stack: str) -> None:
    recorded = site.deployment(stack).recorded(stack)
    version = str(recorded.version) if recorded else "0"
    if site.approvals.special(stack, "destroy", version) is None:
        raise NotCleared(
            f"destroy {stack}: version {version} has no approval for it",
            next_step=f"promoter approve {stack} --destroy --reason '...'",
        )


def _let_pass(site: Site, command: CdktfCommand, stacks: Sequence[str], *, in_ci: bool) -> None:
    """Note that the gate was passed by, before it is; never in CI."""
    if in_ci:
        raise NotCleared(
            f"{command.verb} {' '.join(stacks)}: --ungated is for people, and CI is set",
            next_step=f"promoter deploy {stacks[0]}",
        )
    reason = " ".join((command.ungated or "").split())
    if not reason:
        raise UsageError("pass the gate by: --ungated needs a reason")
    for stack in stacks:
        note(
            site,
            Evidence(
                deployment=site.deployment_of(stack),
                environment=stack,
                kind="ungated",
                outcome="noted",
                trigger=site.git.commit("HEAD") or site.tip,
                at=now(),
                actor=actor(),
                summary=reason,
                details={"verb": command.verb, "changed": site.git.changed()},
            ),
        )


def _expanded(site: Site, command: CdktfCommand) -> tuple[str, ...]:
    """Every stack that the words name; the CLI takes patterns, the gate wants names."""
    if not command.stacks:
        raise UsageError(
            f"{command.verb}: no stack is named",
            next_step=f"cdktf {command.verb} local-staging, for example",
        )
    known = [name for each in site.deployments.values() for name in each.environments]
    names = []
    for word in command.stacks:
        found = fnmatch.filter(known, word)
        names += found or [word]
        site.deployment_of(names[-1])
    return tuple(dict.fromkeys(names))


def _without_ungated(arguments: list[str]) -> tuple[list[str], str | None]:
    for place, word in enumerate(arguments):
        if word.startswith("--ungated="):
            return arguments[:place] + arguments[place + 1 :], word.partition("=")[2]
        if word == "--ungated":
            rest = arguments[place + 1 :]
            if not rest or rest[0].startswith("-"):
                raise UsageError(
                    "pass the gate by: --ungated needs a reason",
                    next_step="--ungated 'why the gate cannot be used now'",
                )
            return arguments[:place] + rest[1:], rest[0]
    return arguments, None


def _positional(arguments: Sequence[str]) -> list[str]:
    words, skip, array = [], False, False
    for argument in arguments:
        if argument.startswith("-"):
            skip, array = argument in _VALUE, argument in _ARRAY
        elif skip:
            skip = False
        elif not array:
            words.append(argument)
    return words


def _refuse_detours(arguments: Sequence[str]) -> None:
    for argument in arguments:
        if argument.partition("=")[0] in _REFUSED:
            raise UsageError(
                f"{argument}: would apply something else than the tree that the gate checks",
                next_step="leave it out; to look only: cdktf diff",
            )
