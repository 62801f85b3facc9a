"""A deploy: decide, prepare, synthesize, plan, guard, apply, verify, record. In this order.

Nothing is recorded unless everything before it worked, so a failure leaves the environment's
state file as it was and everything behind it blocked (seed 004, "How Cepler works").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.progress import Progress
from promoter.deploy import lease
from promoter.deploy.record import note, record
from promoter.gate.decision import Decision
from promoter.git import Git
from promoter.programs.helm import Helm
from promoter.programs.kubectl import Kubectl
from promoter.programs.terraform import Plan, Terraform
from promoter.programs.workloads import wait_available
from promoter.site.evidence import Evidence, Outcome, actor, now
from promoter.site.site import Site
from promoter.smoketest.report import SmoketestFailed
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain

_VERIFY_SECONDS = 120.0


@dataclass(frozen=True)
class Deployed:
    """What a deploy did. ``recorded`` is the commit of the record, None with ``record`` off."""

    deployment: str
    environment: str
    version: int
    trigger: str
    plan: str
    plan_digest: str
    revisions: dict[str, int]
    recorded: str | None


@dataclass(frozen=True)
class _Applied:
    """What was applied and then seen to work."""

    plan: Plan
    revisions: dict[str, int]
    smoketests: list[Mapping[str, Any]]

    def details(self) -> dict[str, Any]:
        return {
            "plan": self.plan.summary(),
            "plan_digest": self.plan.digest,
            "revisions": self.revisions,
            "smoketests": self.smoketests,
        }


def deploy(
    site: Site, environment: str, place: Target, progress: Progress, *, record_it: bool = True
) -> Deployed:
    """Bring ``environment`` to what the gate clears for it.

    Raises `NothingNewer` (2), `NotCleared` (3: held back, or being deployed by another), or
    another `PromoterError` (1); then the state file is as it was.
    """
    cleared(site, environment, origins=False)
    with lease.held(site.git, site.remote, environment) as held:
        site = site.fetched()
        decided = cleared(site, environment)
        progress.note(
            f"{environment}: version {decided.version}, trigger {decided.trigger[:12]}, "
            f"{len(decided.changes)} files"
        )
        attempt = _attempt(site, decided)
        with _failures_noted(site, attempt, record_it):
            applied = _applied(site, decided, place, held, progress)
        seen = replace(attempt, details=applied.details())
        recorded = record(site, decided, seen) if record_it else None
    return Deployed(
        deployment=attempt.deployment,
        environment=environment,
        version=decided.version,
        trigger=decided.trigger,
        plan=applied.plan.summary(),
        plan_digest=applied.plan.digest,
        revisions=applied.revisions,
        recorded=recorded,
    )


def _applied(
    site: Site, decided: Decision, place: Target, held: lease.Lease, progress: Progress
) -> _Applied:
    """Prepare, synthesize, plan, guard, apply and verify; the tree is gone afterwards."""
    name = decided.environment
    with _prepared(site, decided, place) as tree:
        stack = Stack(name, tree.dir, Toolchain(tree.dir, progress=progress), place, progress)
        stack.synthesize()
        helm = Helm(stack.toolchain.program("helm"), place.kubeconfig)
        _unblock(stack, helm, progress)
        terraform = stack.terraform()
        plan = planned(terraform, site, name)
        progress.note(f"{name}: {plan.summary()} (plan {plan.digest[:12]})")
        held.renew()
        refuse_if_moved(site, decided)
        terraform.apply(plan)
        revisions = _verified(stack, helm, progress)
        return _Applied(plan, revisions, _smoketested(stack, revisions))


def _attempt(site: Site, decided: Decision) -> Evidence:
    """The evidence of a deploy that works, which is what it is until something fails."""
    return Evidence(
        deployment=site.deployment_of(decided.environment),
        environment=decided.environment,
        kind="deploy",
        outcome="deployed",
        trigger=decided.trigger,
        at=now(),
        actor=actor(),
    )


def cleared(site: Site, environment: str, *, origins: bool = True) -> Decision:
    """What the gate clears; raises `NothingNewer` or `NotCleared` saying what holds it back.

    Without ``origins`` (see `decide`) it may be looked at, but not recorded.
    """
    return site.decide(environment, origins=origins).require_due()


def planned(terraform: Terraform, site: Site, environment: str) -> Plan:
    """The saved plan; raises `NotCleared` when it loses something stateful unapproved."""
    terraform.init()
    plan = terraform.plan()
    if not plan.destroys:
        return plan
    if site.approvals.special(environment, "plan", plan.digest) is not None:
        return plan
    raise NotCleared(
        f"apply the plan of {environment}: it would lose "
        f"{', '.join(str(change) for change in plan.destroys)}",
        next_step=f"if that is meant: promoter approve {environment} --plan {plan.digest} "
        "--reason '...'",
    )


@contextmanager
def _prepared(site: Site, decided: Decision, place: Target) -> Iterator[Git]:
    """A work tree of its own with exactly the cleared files."""
    folder = place.work(decided.environment)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with site.git.worktree(folder, decided.decided_at, empty=True) as tree:
        site.prepare(tree, decided)
        yield tree


def refuse_if_moved(site: Site, decided: Decision) -> None:
    """Decide again where the remote moved; raises `NotCleared` when that comes out otherwise.

    A remote that moved since means deciding again; the plan is only good for what it was
    made of (design, "How a change travels").
    """
    moved = site.fetched()
    if moved.tip == site.tip and moved.gates_tip == site.gates_tip:
        return
    again = moved.decide(decided.environment)
    if again.is_due and again.state.files == decided.state.files:
        return
    raise NotCleared(
        f"apply the plan of {decided.environment}: {site.remote}/{site.branch} moved from "
        f"{site.tip[:12]} to {moved.tip[:12]} meanwhile, and another state is cleared now",
        next_step=f"promoter deploy {decided.environment}",
    )


def _unblock(stack: Stack, helm: Helm, progress: Progress) -> None:
    """Undo what a deploy that was killed left half done in the cluster."""
    for release in stack.releases():
        done = helm.recover(release.name, release.namespace)
        if done is not None:
            progress.note(f"{release.namespace}/{release.name}: a deploy was killed, {done}")


@contextmanager
def _failures_noted(site: Site, attempt: Evidence, record_it: bool) -> Iterator[None]:
    """Keep a failed attempt as evidence; what failed is raised on, whatever comes of that."""
    try:
        yield
    except PromoterError as error:
        if record_it:
            outcome: Outcome = "refused" if isinstance(error, NotCleared) else "failed"
            seen = [error.report.evidence()] if isinstance(error, SmoketestFailed) else []
            details = {"smoketests": seen} if seen else {}
            note(site, replace(attempt, outcome=outcome, summary=str(error), details=details))
        raise


def _verified(stack: Stack, helm: Helm, progress: Progress) -> dict[str, int]:
    """The revision of each release once all that it runs is available."""
    kubectl = Kubectl(stack.toolchain.program("kubectl"), helm.kubeconfig)
    revisions = {}
    for name, namespace in [(each.name, each.namespace) for each in stack.releases()]:
        wait_available(kubectl.within(namespace), name, _VERIFY_SECONDS, progress)
        history = helm.history(name, namespace)
        if not history or history[-1].status != "deployed":
            raise PromoterError(
                f"verify release {namespace}/{name}: its status in Helm is "
                f"{history[-1].status if history else 'not installed'}",
                next_step=f"helm -n {namespace} history {name}",
            )
        revisions[f"{namespace}/{name}"] = history[-1].revision
    return revisions


def _smoketested(stack: Stack, revisions: Mapping[str, int]) -> list[Mapping[str, Any]]:
    """What each release's endpoints answered; raises `SmoketestFailed` when one does not."""
    from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest

    target = SmoketestTarget.on(stack.target, stack.toolchain, stack.progress)
    names = (each.rpartition("/") for each in revisions)
    return [require_smoketest(name, ns, target).evidence() for ns, _, name in names]
