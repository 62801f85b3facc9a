"""``cdktf deploy`` and ``cdktf destroy``: whole deployments, in which the CDK Terrain CLI applies.

The CLI can neither be given a saved plan nor be believed, and what it draws on a terminal is
anybody's text. So the stack is planned before it runs, with the guard of `plan`; a person approves
that plan here; and what the CLI did is read from the stack's state, from the cluster, and from a
second plan.
"""

import fnmatch
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from promoter.common.environment import in_ci
from promoter.common.errors import Declined, NotCleared, NothingNewer, PromoterError, UsageError
from promoter.common.progress import Progress
from promoter.deploy.command_line import CdktfCommand
from promoter.deploy.converge import PlannedStack, Revisions, revisions
from promoter.deploy.deploy import DeployResult, Sign, deploy
from promoter.deploy.drift import decide
from promoter.deploy.record import note
from promoter.deploy.report import reporter_of
from promoter.gate.decision import DecisionStatus
from promoter.programs.cdk_terrain import run_cli
from promoter.programs.terraform import STATEFUL, Plan, StateVersion
from promoter.site.evidence import Evidence
from promoter.site.site import Site
from promoter.synthesis.app import SynthesizedStack
from promoter.synthesis.stack import Stack, TargetOf

_NOTHING_RECORDED = "nothing was recorded; run the command again"


@dataclass(frozen=True)
class Caller:
    """The circumstances of a command: a person, or a CI job.

    ``approves`` shows a plan to the person and returns the answer, None without a terminal.
    """

    approves: Callable[[str], bool] | None
    in_ci: bool

    @classmethod
    def of(cls, variables: Mapping[str, str], approves: Callable[[str], bool] | None) -> Self:
        """Return the caller with these variables (see `in_ci`)."""
        return cls(approves, in_ci(variables))

    def require_answer(self, command: CdktfCommand) -> None:
        """Raise `UsageError` if a plan is to be approved and nobody can do that."""
        if self.approves is None and not command.auto_approve:
            raise UsageError(
                f"{command}: standard input is not a terminal, so nobody can approve the plan",
                next_step=f"{command} --auto-approve",
            )

    def require_approval(self, command: CdktfCommand, stack: Stack, saved: Plan) -> None:
        """Raise `Declined` unless the person approves the ``saved`` plan of ``stack``."""
        if self.approves is None or command.auto_approve:
            return
        if not self.approves(stack.terraform().show(saved)):
            what = f"{command.verb} {stack.name}"
            raise Declined(f"{what}: declined, nothing was changed", next_step=_NOTHING_RECORDED)


@dataclass(frozen=True)
class Observed:
    """The state and the releases of a stack, as they are at one moment."""

    state: StateVersion
    releases: Revisions

    @classmethod
    def of(cls, stack: Stack) -> Self:
        """Return what is there now."""
        return cls(stack.terraform().state(), revisions(stack))


def deploy_each(
    site: Site,
    command: CdktfCommand,
    target_of: TargetOf,
    progress: Progress,
    caller: Caller,
    sign: Sign | None = None,
) -> Iterator[DeployResult]:
    """Deploy the stacks in promotion order, each decided once the one before is recorded.

    Raises `NothingNewer` if all are up to date; the first failure ends it.
    """
    stacks = in_promotion_order(site, command)
    deployed = False
    for stack in stacks:
        site = site.fetched()
        decision = decide(site, stack, target_of, progress)
        if decision.status is DecisionStatus.UP_TO_DATE:
            progress.note(f"{stack}: already up to date")
            continue
        decision.require_due()
        caller.require_answer(command)
        reporter = reporter_of(site, progress)
        yield deploy(
            site,
            stack,
            target_of,
            progress,
            apply=CliApply(command, caller),
            sign=sign,
            decided=decision,
            reporter=reporter,
        )
        if reporter:
            reporter.waiting(site, stack)
        deployed = True
    if not deployed:
        raise NothingNewer(f"deploy {', '.join(stacks)}: nothing newer, already up to date")


@dataclass(frozen=True)
class CliApply:
    """The apply step of a deploy by the CDK Terrain CLI, with the options of ``command``."""

    command: CdktfCommand
    caller: Caller

    def require_approval(self, stack: Stack, saved: Plan) -> None:
        """See `Apply`."""
        self.caller.require_approval(self.command, stack, saved)

    def __call__(self, stack: Stack, planned: PlannedStack) -> None:
        """See `Apply`."""
        before = Observed(stack.terraform().state(), planned.before)
        with destroys_forbidden(stack, planned.saved):
            code = run(stack, self.command)
        remaining = stack.terraform().plan()
        if remaining.changes:
            changed = Observed.of(stack) != before
            raise self._not_applied(stack, remaining, changed=changed, code=code)

    def _not_applied(
        self, stack: Stack, remaining: Plan, *, changed: bool, code: int
    ) -> PromoterError:
        if changed:
            return PromoterError(
                f"deploy {stack.name}: the CDK Terrain CLI applied only a part "
                f"(exit code {code}); left: {remaining.summary()}",
                next_step=f"fix the cause shown above, then run it again; {_NOTHING_RECORDED}",
            )
        return nothing_done(f"deploy {stack.name}", code)


def run(stack: Stack, command: CdktfCommand) -> int:
    """Run the CLI for the stack exactly as it is synthesized; return its exit code."""
    argv = (*stack.toolchain.cdktn(), command.verb, stack.name)
    own = ("--auto-approve", "--skip-synth", "--skip-provider-lock")
    options = dict.fromkeys((*command.options, *own, "--ignore-missing-stack-dependencies"))
    return run_cli((*argv, *options), stack.tree, stack.cli_environment())


@contextmanager
def destroys_forbidden(stack: Stack, saved: Plan) -> Iterator[None]:
    """Make Terraform itself refuse what the guard has not seen: the CLI plans once more.

    An override file sets prevent_destroy for everything stateful, except where ``saved``
    deletes it, which then has been approved.
    """
    approved = {change.address.partition("[")[0] for change in saved.destroys}
    kept: dict[str, dict[str, object]] = {}
    for kind, named in SynthesizedStack(stack.folder).document.get("resource", {}).items():
        for name in named:
            if kind in STATEFUL and f"{kind}.{name}" not in approved:
                kept.setdefault(kind, {})[name] = {"lifecycle": {"prevent_destroy": True}}
    file = stack.folder / "stateful_override.tf.json"
    file.write_text(json.dumps({"resource": kept} if kept else {}))
    try:
        yield
    finally:
        file.unlink()


def in_promotion_order(site: Site, command: CdktfCommand) -> tuple[str, ...]:
    """Return the name of every stack that a pattern matches, what is passed first before others.

    Raises `UsageError` where none is named, or no cepler file names one.
    """
    if not command.stacks:
        raise UsageError(
            f"{command}: no stack is named", next_step=f"{command} local-staging, for example"
        )
    passed = {
        name: each.passed
        for deployment in site.deployments.values()
        for name, each in deployment.environments.items()
    }
    names = {
        name for pattern in command.stacks for name in fnmatch.filter(passed, pattern) or [pattern]
    }
    for name in names:
        site.deployment_of(name)
    order = list(passed)
    return tuple(sorted(names, key=lambda name: (_distance(passed, name), order.index(name))))


def bypass(site: Site, command: CdktfCommand, stacks: Sequence[str], caller: Caller) -> None:
    """Record that the gate is bypassed, before it is; never in CI."""
    if caller.in_ci:
        raise NotCleared(
            f"{command}: --ungated is for people, and CI is set",
            next_step=f"promoter deploy {stacks[0]}",
        )
    reason = " ".join((command.ungated or "").split())
    if not reason:
        raise UsageError("--ungated requires a reason")
    caller.require_answer(command)
    trigger = site.git.commit("HEAD") or site.tip
    details = {"verb": command.verb, "changed": site.git.changed()}
    for stack in stacks:
        deployment = site.deployment_of(stack)
        note(
            site,
            Evidence(
                deployment, stack, "ungated", "noted", trigger, summary=reason, details=details
            ),
        )


def _distance(passed: dict[str, str | None], name: str) -> int:
    """Return the number of environments that come before ``name``; a cycle counts once."""
    seen: set[str] = set()
    current: str | None = name
    while (current := passed.get(current or "")) and current not in seen:
        seen.add(current)
    return len(seen)


def nothing_done(what: str, code: int) -> PromoterError:
    """Return the error for a CLI that changed nothing."""
    return PromoterError(
        f"{what}: the CDK Terrain CLI changed nothing (exit code {code})",
        next_step=f"fix the cause shown above; {_NOTHING_RECORDED}",
    )
