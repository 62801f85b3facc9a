"""Bring an environment to a state: a tree with its files, one saved plan, an apply, a check.

The state is the gate's `DeployState`; the caller has chosen it, and holds the lease.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.progress import Progress
from promoter.deploy.content import declared_digest, observed_digest
from promoter.gate.state import DeployState
from promoter.programs.helm import Helm, HelmRevision
from promoter.programs.kubectl import Kubectl
from promoter.programs.terraform import Plan
from promoter.programs.workloads import wait_available
from promoter.site.site import Site
from promoter.site.special import special_problem
from promoter.synthesis.app import StackRelease
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain

_VERIFY_SECONDS = 120.0


@dataclass(frozen=True)
class Convergence:
    """An applied plan (its summary and digest) and the releases that were verified after it.

    ``revisions`` are Helm's, by ``<namespace>/<release>``, ``digests`` those of their content
    (`observed_digest`); ``smoketests`` are the reports.
    """

    plan: str
    plan_digest: str
    revisions: dict[str, int]
    digests: dict[str, str]
    smoketests: list[Mapping[str, Any]]


@contextmanager
def prepared_stack(
    site: Site,
    environment: str,
    state: DeployState,
    commit: str,
    target: Target,
    progress: Progress,
) -> Iterator[Stack]:
    """Yield the stack synthesized from exactly the files of ``state``.

    They are in a work tree of ``commit``, which is removed afterwards.
    """
    folder = target.work(environment)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with site.git.worktree(folder, commit, empty=True) as tree:
        toolchain = Toolchain(tree.dir, progress=progress)
        stack = Stack(environment, tree.dir, toolchain, target, progress)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(stack.probe_programs)
            site.prepare(tree, environment, state, commit)
        stack.synthesize()
        yield stack


Revisions = Mapping[str, tuple[HelmRevision, ...]]
"""Helm's history of each release, by ``<namespace>/<release>``."""


@dataclass(frozen=True)
class PlannedStack:
    """A saved plan, and the releases that the cluster had ``before`` it is applied."""

    saved: Plan
    before: Revisions


def guarded_plan(site: Site, stack: Stack, *, begun: bool) -> PlannedStack:
    """Return the saved plan; raises `NotCleared` if it deletes something stateful unapproved."""
    planned = plan(stack, begun=begun)
    saved = planned.saved
    stack.progress.note(f"{stack.name}: {saved.summary()} (plan {saved.digest[:12]})")
    problem = special_problem(site, stack.name, "plan", saved.digest) if saved.destroys else ""
    if problem:
        raise NotCleared(
            f"apply the plan of {stack.name}: it would delete something stateful: "
            f"{', '.join(map(str, saved.destroys))}; {problem}",
            next_step=f"if that is intended: promoter approve {stack.name} "
            f"--plan {saved.digest} --reason '...'",
        )
    return planned


def plan(stack: Stack, *, begun: bool) -> PlannedStack:
    """Return the saved plan, made anew where a killed deploy left something to repair.

    ``begun`` is as in `repair`.
    """
    stack.repair_state()
    stack.terraform().init()
    planned = _planned(stack)
    return _planned(stack) if repair(stack, planned, begun=begun) else planned


def _planned(stack: Stack) -> PlannedStack:
    terraform = stack.terraform()
    file = terraform.save_plan()
    with ThreadPoolExecutor(1) as pool:
        # The plan has waited for the state's lock, so no killed deploy is at work any more.
        before = pool.submit(revisions, stack)
        return PlannedStack(terraform.read_plan(file), before.result())


def repair(stack: Stack, planned: PlannedStack, *, begun: bool) -> bool:
    """Return whether something was repaired that a killed deploy left in the cluster.

    A pending revision is undone, or upgraded where the chart does not go back. After a deploy that
    was ``begun`` and not recorded, the state may not know what the cluster has: a release that is
    ``planned`` to be created though it exists, or to be left as it is though it has other content,
    is read into the state anew.
    """
    helm, kubectl = _helm(stack), _kubectl(stack)
    actions = {change.address: change.actions for change in planned.saved.changes}
    repaired = False
    for each in stack.releases():
        name = f"{each.namespace}/{each.name}"
        history = planned.before[name]
        if (undone := helm.recover(each.name, each.namespace, history, kubectl)) is not None:
            stack.progress.note(f"{name}: a deploy was killed, {undone}")
            repaired = True
        elif history and begun and actions.get(each.address, ()) in ((), ("create",)):
            repaired |= _adopted(stack, helm, each, history[-1])
    return repaired


def _adopted(stack: Stack, helm: Helm, release: StackRelease, newest: HelmRevision) -> bool:
    """Read a release into the state if it is there with other content than is declared."""
    known = release.address in stack.terraform().addresses()
    if known and observed_digest(helm, release, newest.revision) == declared_digest(release):
        return False
    stack.terraform().adopt(release.address, f"{release.namespace}/{release.name}")
    stack.progress.note(
        f"{release.namespace}/{release.name}: revision {newest.revision} was not recorded, "
        "the state has it now"
    )
    return True


class Apply(Protocol):
    """The apply step of a deploy."""

    def require_approval(self, stack: Stack, saved: Plan) -> None:
        """Raise `Declined` where a person is to approve the ``saved`` plan and does not."""

    def __call__(self, stack: Stack, planned: PlannedStack) -> None:
        """Apply the plan to the stack; raise `PromoterError` unless the stack converged."""


class SavedApply:
    """Applies exactly the saved plan, which the gate has cleared."""

    def require_approval(self, stack: Stack, saved: Plan) -> None:
        """Require nothing more: the gate is the approval."""

    def __call__(self, stack: Stack, planned: PlannedStack) -> None:
        """See `Apply`."""
        stack.terraform().apply(planned.saved)


SAVED_APPLY = SavedApply()


def converge(stack: Stack, planned: PlannedStack, apply: Apply) -> Convergence:
    """Apply what was ``planned``, then verify every release in the cluster and smoketest it.

    Raises `PromoterError` if a release does not become available, or is not what the stack
    declares at a revision that this apply made; `SmoketestFailed` if an endpoint does not answer.
    """
    with ThreadPoolExecutor(1) as pool:
        # Its libraries take longer to import than a decision takes, and an apply mostly waits.
        smoketests = pool.submit(_smoketests)
        apply(stack, planned)
        # Helm's history is complete once the apply has ended, before the workloads are available.
        verified = pool.submit(_verified, stack, planned)
        _wait_available(stack)
        made, digests = verified.result()
    saved = planned.saved
    return Convergence(saved.summary(), saved.digest, made, digests, smoketests.result()(stack))


def _smoketests() -> Callable[[Stack], list[Mapping[str, Any]]]:
    """Import the smoketest; return the function that tests every release of a stack."""
    from promoter.smoketest.endpoints import read_endpoints
    from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest

    endpoints = read_endpoints()

    def run(stack: Stack) -> list[Mapping[str, Any]]:
        target = SmoketestTarget.on(stack.target, stack.toolchain, stack.progress)
        return [
            require_smoketest(each.name, each.namespace, target, endpoints).evidence()
            for each in stack.releases()
        ]

    return run


def _verified(stack: Stack, planned: PlannedStack) -> tuple[dict[str, int], dict[str, str]]:
    """Return revision and digest of each release as the cluster has it after the apply."""
    found = revisions(stack)
    made = _verified_revisions(found)
    released = any(change.type == "helm_release" for change in planned.saved.changes)
    if released and found == planned.before:
        raise PromoterError(
            f"deploy {stack.name}: its state says that it was applied, but no release in the "
            "cluster has another revision",
            next_step="look for another cluster in the stack's provider settings",
        )
    return made, _verified_digests(stack, made)


def _verified_digests(stack: Stack, revisions: Mapping[str, int]) -> dict[str, str]:
    """Return the digest of each release's content, which the cluster has at its revision."""
    helm, digests = _helm(stack), {}
    for release in stack.releases():
        name = f"{release.namespace}/{release.name}"
        digests[name] = observed_digest(helm, release, revisions[name])
        if digests[name] != declared_digest(release):
            raise PromoterError(
                f"verify release {name}: revision {revisions[name]} in the cluster is not what "
                "this deploy declares",
                next_step="somebody else changed it: run the command again to install what is "
                "declared",
            )
    return digests


def revisions(stack: Stack) -> Revisions:
    """Return Helm's history of each release in the cluster, the newest revision last."""
    helm = _helm(stack)
    return {
        f"{each.namespace}/{each.name}": helm.history(each.name, each.namespace)
        for each in stack.releases()
    }


def _wait_available(stack: Stack) -> None:
    """Wait until every workload of every release is available."""
    kubectl = _kubectl(stack)
    for each in stack.releases():
        within = kubectl.within(each.namespace)
        wait_available(within, each.name, _VERIFY_SECONDS, stack.progress)


def _verified_revisions(found: Revisions) -> dict[str, int]:
    """Return the newest revision of each release; raises `PromoterError` if one is not deployed."""
    for release, history in found.items():
        if not history or history[-1].status != "deployed":
            namespace, _, name = release.partition("/")
            raise PromoterError(
                f"verify release {release}: its status in Helm is "
                f"{history[-1].status if history else 'not installed'}",
                next_step=f"helm -n {namespace} history {name}",
            )
    return {release: history[-1].revision for release, history in found.items()}


def _helm(stack: Stack) -> Helm:
    return Helm(stack.toolchain.program("helm"), stack.target.kubeconfig, stack.folder)


def _kubectl(stack: Stack) -> Kubectl:
    return Kubectl(stack.toolchain.program("kubectl"), stack.target.kubeconfig)
