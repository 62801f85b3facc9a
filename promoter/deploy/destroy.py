"""``cdktf destroy``, and ``cdktf deploy --ungated``: what the gate's decision is no part of."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.progress import Progress
from promoter.deploy import lease
from promoter.deploy.by_hand import (
    Caller,
    CliApply,
    Observed,
    bypass,
    in_promotion_order,
    nothing_done,
    run,
)
from promoter.deploy.command_line import CdktfCommand
from promoter.deploy.converge import Convergence, converge, plan, prepared_stack
from promoter.deploy.deploy import failures_recorded
from promoter.deploy.preflight import require_recordable
from promoter.deploy.record import mark_begun, remove
from promoter.deploy.report import reporter_of
from promoter.gate.state import EnvironmentState
from promoter.site.evidence import Evidence
from promoter.site.site import Site
from promoter.site.special import special_problem
from promoter.synthesis.stack import Stack, Target, TargetOf
from promoter.toolchain import Toolchain


@dataclass(frozen=True)
class DestroyResult:
    """A destroyed environment; ``recorded`` is the commit that removed its state file."""

    environment: str
    recorded: str


def deploy_ungated(
    site: Site, command: CdktfCommand, target_of: TargetOf, progress: Progress, caller: Caller
) -> Iterator[tuple[str, Convergence]]:
    """Apply the tree around to each stack, verify it, and record nothing but the bypass."""
    stacks = in_promotion_order(site, command)
    bypass(site, command, stacks, caller)
    for name in stacks:
        with lease.held(site.git, site.remote, name, progress):
            apply, target = CliApply(command, caller), target_of(name)
            yield name, _ungated(site.fetched(), name, apply, target, progress)


def _ungated(
    site: Site, environment: str, apply: CliApply, target: Target, progress: Progress
) -> Convergence:
    """Apply the tree around to one stack, which is due again from then on."""
    require_recordable(site, target, environment, progress)
    stack = _stack_here(site, environment, target, progress)
    mark = site.deployment(environment).begun(environment)
    planned = plan(stack, begun=mark is not None)
    apply.require_approval(stack, planned.saved)
    commit = site.git.commit("HEAD") or site.tip
    mark_begun(site, environment, commit)
    reporter = reporter_of(site, progress)
    with reporter.deploying(environment, commit, "deployed ungated") if reporter else nullcontext():
        return converge(stack, planned, apply)


def destroy_each(
    site: Site, command: CdktfCommand, target_of: TargetOf, progress: Progress, caller: Caller
) -> Iterator[DestroyResult]:
    """Destroy the stacks against promotion order; raises `NotCleared` without an approval."""
    stacks = in_promotion_order(site, command)[::-1]
    if command.ungated is not None:
        bypass(site, command, stacks, caller)
    for name in stacks:
        if command.ungated is None:
            _approved_record(site, name)
        caller.require_answer(command)
        yield _destroy(site, name, command, target_of(name), progress, caller)


def _destroy(
    site: Site,
    environment: str,
    command: CdktfCommand,
    target: Target,
    progress: Progress,
    caller: Caller,
) -> DestroyResult:
    """Destroy one stack and remove its record, also if only a part of it could be destroyed.

    What is left is not what was recorded, so no other environment may take it as passed.
    """
    with lease.held(site.git, site.remote, environment, progress), ExitStack() as shown:
        site = site.fetched()
        require_recordable(site, target, environment, progress)
        deployment = site.deployment_of(environment)
        last = site.last_record(environment)
        if command.ungated is None:
            last = _approved_record(site, environment)
        trigger = last[1].current.head_commit if last else site.tip
        attempt = Evidence(deployment, environment, "destroy", "destroyed", trigger)
        with (
            failures_recorded(site, attempt, progress),
            _stack(site, environment, last, command, target, progress) as stack,
        ):
            stack.repair_state()
            stack.terraform().init()
            if not command.auto_approve:
                caller.require_approval(command, stack, stack.terraform().plan("-destroy"))
            mark_begun(site, environment, trigger)
            if reporter := reporter_of(site, progress):
                shown.enter_context(reporter.destroying(environment, trigger))
            left = _destroyed(stack, command)
        if not left:
            return DestroyResult(environment, remove(site, attempt))
        summary = f"destroy {environment}: only a part was destroyed, {left} resources are left"
        remove(site, replace(attempt, outcome="failed", summary=summary))
        raise PromoterError(
            f"{summary}; its record is removed",
            next_step=f"fix the cause shown above, then {command} again",
        )


def _destroyed(stack: Stack, command: CdktfCommand) -> int:
    """Let the CLI destroy the stack; return the number of resources that are left.

    Raises `PromoterError` if nothing was changed.
    """
    before = Observed.of(stack)
    code = run(stack, command)
    after = Observed.of(stack)
    if after.state.resources and after == before:
        raise nothing_done(f"destroy {stack.name}", code)
    return after.state.resources


def _approved_record(site: Site, environment: str) -> tuple[str, EnvironmentState]:
    """Return the newest record; raises `NotCleared` unless its destruction is approved."""
    last = site.last_record(environment)
    if last is None:
        raise NotCleared(
            f"destroy {environment}: it was never recorded, so there is nothing to approve",
            next_step=f"cdktf destroy {environment} --ungated '<why>' removes what is there",
        )
    commit, record = last
    if problem := special_problem(site, environment, "destroy", commit):
        raise NotCleared(
            f"destroy {environment}: version {record.version} may not be destroyed: {problem}",
            next_step=f"promoter approve {environment} --destroy --reason '...'",
        )
    return last


@contextmanager
def _stack(
    site: Site,
    environment: str,
    last: tuple[str, EnvironmentState] | None,
    command: CdktfCommand,
    target: Target,
    progress: Progress,
) -> Iterator[Stack]:
    """Yield the stack as it was recorded last, ungated as the tree around has it."""
    if command.ungated is not None or last is None:
        yield _stack_here(site, environment, target, progress)
        return
    state = last[1].current
    with prepared_stack(site, environment, state, state.head_commit, target, progress) as stack:
        yield stack


def _stack_here(site: Site, environment: str, target: Target, progress: Progress) -> Stack:
    tree = site.git.dir
    stack = Stack(environment, tree, Toolchain(tree, progress=progress), target, progress)
    stack.synthesize()
    return stack
