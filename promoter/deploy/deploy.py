"""A deploy: decide on a state, converge on it, record it.

Nothing is recorded unless everything before it worked, so a failure leaves the environment's
state file as it was and everything behind it blocked (seed 004, "How Cepler works").
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace

from promoter.common.errors import Declined, NotCleared, PromoterError
from promoter.common.progress import Progress
from promoter.deploy import lease
from promoter.deploy.converge import (
    SAVED_APPLY,
    Apply,
    Convergence,
    converge,
    guarded_plan,
    prepared_stack,
)
from promoter.deploy.drift import decide
from promoter.deploy.preflight import require_recordable, require_signer
from promoter.deploy.record import keep, mark_begun, note, record
from promoter.deploy.report import Reporter
from promoter.deploy.steps import shown_steps
from promoter.gate.decision import Decision
from promoter.site.evidence import GATES, OVERRIDE, Evidence, Outcome
from promoter.site.site import Site
from promoter.synthesis.stack import Target, TargetOf

Sign = Callable[[str], bytes]
"""The function from an in-toto statement to its signed envelope."""


@dataclass(frozen=True, kw_only=True)
class DeployResult(Convergence):
    """A finished deploy. ``recorded`` is the commit of the record, None if it is not recorded."""

    deployment: str
    environment: str
    version: int
    trigger: str
    recorded: str | None


def deploy(
    site: Site,
    environment: str,
    target_of: TargetOf,
    progress: Progress,
    *,
    record_it: bool = True,
    apply: Apply = SAVED_APPLY,
    sign: Sign | None = None,
    decided: Decision | None = None,
    reporter: Reporter | None = None,
) -> DeployResult:
    """Bring ``environment`` to the state that the gate clears for it, by ``apply``.

    ``decided`` is the decision of the caller, if it has made one. ``sign`` makes the envelope of
    the verification summary, which is kept; ``reporter`` shows the deploy at the forge. The gate
    decides before ``target_of`` looks for the cluster.

    Raises `NothingNewer` (2), `NotCleared` (3: held back, or being deployed by somebody else), or
    another `PromoterError` (1); then the state file is as it was.
    """
    with ExitStack() as stack:
        site = stack.enter_context(site.opened())
        decision = (decided or decide(site, environment, target_of, progress)).require_due()
        target = target_of(environment)
        held = stack.enter_context(lease.held(site.git, site.remote, environment, progress))
        progress = stack.enter_context(shown_steps(held, progress))
        site, decision = _as_now(site, decision)
        require_recordable(site, target, environment, progress)
        if record_it:
            require_signer(site, environment)
        attempt = _begin(site, decision, progress)
        allowed_by = override(site, decision)  # it may expire while the apply runs
        if reporter:
            stack.enter_context(reporter.deploying(environment, decision.trigger))
        with failures_recorded(site, attempt, progress, record_it=record_it):
            proof = _proof(site, decision, attempt, sign)
            done = asdict(_converged(site, decision, target, held, progress, apply))
        evidence = replace(attempt, details={**done, GATES: site.gates_tip, **allowed_by})
        recorded = record(site, decision, evidence, proof) if record_it else None
        if not record_it and proof:
            keep(site, f"verification summary of {environment}", proof)
    return DeployResult(
        **done,
        deployment=attempt.deployment,
        environment=environment,
        version=decision.version,
        trigger=decision.trigger,
        recorded=recorded,
    )


def _begin(site: Site, decision: Decision, progress: Progress) -> Evidence:
    """Note what is deployed; return the evidence of the attempt."""
    progress.note(_outline(decision))
    name = decision.environment
    return Evidence(site.deployment_of(name), name, "deploy", "deployed", decision.trigger)


def _outline(decision: Decision) -> str:
    name, trigger, files = decision.environment, decision.trigger[:12], len(decision.changes)
    return f"{name}: version {decision.version}, trigger {trigger}, {files} files"


def _as_now(site: Site, decision: Decision) -> tuple[Site, Decision]:
    """Return the site as the remote has it now, and the decision, made again where that moved."""
    moved = site.fetched()
    return moved, decision if moved == site else cleared(moved, decision.environment)


def override(site: Site, decision: Decision) -> dict[str, str]:
    """Return the detail of the override that allows ``decision``, if one does."""
    name = decision.environment
    control = site.control(site.deployment(name))
    if not control.has_rules:
        return {}
    found = control.verdict(name, decision.recorded, decision.state).override
    if found is None:
        return {}
    return {OVERRIDE: f"overridden by {found.person} in {found.added_by[:12]}: {found.reason}"}


def _proof(
    site: Site, decision: Decision, attempt: Evidence, sign: Sign | None
) -> dict[str, bytes]:
    """Return the signed verification summary by its path, nothing without ``sign``.

    It is signed before the apply: a key that cannot sign must not leave that without its proof.
    """
    if sign is None:
        return {}
    # What it reads takes a while to import, and most deploys are not signed.
    from promoter.deploy.summary import statement, summary_path

    return {summary_path(attempt): sign(statement(site, decision, attempt.at))}


def note_local_changes(site: Site, progress: Progress) -> None:
    """Note the first files that were changed here and are not part of a deploy."""
    place = f"{site.remote}/{site.branch}"
    for path in site.git.changed()[:5]:
        progress.note(f"not part of this deploy: {path} (changed here, not on {place})")


def cleared(site: Site, environment: str) -> Decision:
    """Return the decision; raises `NothingNewer`, or `NotCleared` naming what holds it back."""
    return site.decide(environment).require_due()


def _converged(
    site: Site,
    decision: Decision,
    target: Target,
    held: lease.Lease,
    progress: Progress,
    apply: Apply,
) -> Convergence:
    with prepared_stack(
        site, decision.environment, decision.state, decision.decided_at, target, progress
    ) as stack:
        planned = guarded_plan(site, stack, begun=decision.begun is not None)
        apply.require_approval(stack, planned.saved)
        held.renew()
        mark_begun(unchanged(site, decision), decision.environment, decision.trigger)
        return converge(stack, planned, apply)


def unchanged(site: Site, decision: Decision) -> Site:
    """Return the site as it is now; raises `NotCleared` if this state is not cleared any more.

    A saved plan is only good for the state that it was made from (design, "How a change
    travels"), and a window may have closed since then, though nothing moved.
    """
    moved = site.fetched()
    again = moved.decide(decision.environment)
    if again.is_due and again.state.files == decision.state.files:
        return moved
    cause = "; ".join(map(str, again.holds)) or "another state is cleared now"
    raise NotCleared(
        f"apply the plan of {decision.environment}: decided again at {moved.tip[:12]}, before at "
        f"{site.tip[:12]}: {cause}",
        next_step=again.next_step or f"promoter deploy {decision.environment}",
    )


@contextmanager
def failures_recorded(
    site: Site, attempt: Evidence, progress: Progress, *, record_it: bool = True
) -> Iterator[None]:
    """Keep a failed attempt as evidence, and raise its error, whatever becomes of the evidence."""
    try:
        yield
    except Declined:
        raise
    except PromoterError as error:
        if record_it:
            outcome: Outcome = "refused" if isinstance(error, NotCleared) else "failed"
            failed = replace(
                attempt, outcome=outcome, summary=str(error), details=dict(error.evidence())
            )
            try:
                note(site, failed)
            except PromoterError as unrecorded:
                progress.note(f"the failure is not kept as evidence: {unrecorded}")
        raise
