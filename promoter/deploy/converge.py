"""Bring an environment to a state: a tree with its files, one saved plan, an apply, a check.

The state is the gate's `DeployState`; the caller has chosen it, and holds the lease.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from promoter.common.errors import NotCleared, PromoterError
from promoter.common.progress import Progress
from promoter.gate.state import DeployState
from promoter.programs.helm import Helm, HelmRevision
from promoter.programs.kubectl import Kubectl
from promoter.programs.terraform import Plan
from promoter.programs.workloads import wait_available
from promoter.site.site import Site
from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest
from promoter.synthesis.stack import Stack, Target
from promoter.toolchain import Toolchain

_VERIFY_SECONDS = 120.0


@dataclass(frozen=True)
class Convergence:
    """An applied plan (its summary and digest) and the releases that were verified after it.

    ``revisions`` are Helm's, by ``<namespace>/<release>``; ``smoketests`` the reports.
    """

    plan: str
    plan_digest: str
    revisions: dict[str, int]
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
        site.prepare(tree, environment, state, commit)
        toolchain = Toolchain(tree.dir, progress=progress)
        stack = Stack(environment, tree.dir, toolchain, target, progress)
        stack.synthesize()
        yield stack


def recover(stack: Stack) -> None:
    """Undo the revisions that a killed deploy left pending in the cluster."""
    helm = _helm(stack)
    for each in stack.releases():
        repair = helm.recover(each.name, each.namespace)
        if repair is not None:
            stack.progress.note(f"{each.namespace}/{each.name}: a deploy was killed, {repair}")


def plan(site: Site, stack: Stack) -> Plan:
    """Return the saved plan; raises `NotCleared` if it deletes something stateful unapproved."""
    terraform = stack.terraform()
    terraform.init()
    saved = terraform.plan()
    stack.progress.note(f"{stack.name}: {saved.summary()} (plan {saved.digest[:12]})")
    if saved.destroys and site.approvals.special(stack.name, "plan", saved.digest) is None:
        raise NotCleared(
            f"apply the plan of {stack.name}: it would delete something stateful: "
            f"{', '.join(map(str, saved.destroys))}",
            next_step=f"if that is intended: promoter approve {stack.name} "
            f"--plan {saved.digest} --reason '...'",
        )
    return saved


Apply = Callable[[Stack, Plan], None]
"""Brings a stack to what a saved plan of it says; raises `PromoterError` where it is not there."""


def apply_saved(stack: Stack, saved: Plan) -> None:
    """Apply exactly the saved plan."""
    stack.terraform().apply(saved)


def converge(stack: Stack, saved: Plan, apply: Apply) -> Convergence:
    """Apply ``saved``, then wait for every release and smoketest it.

    Raises `PromoterError` if a release does not become available, `SmoketestFailed` if an
    endpoint does not answer.
    """
    apply(stack, saved)
    revisions = _verified_revisions(stack)
    target = SmoketestTarget.on(stack.target, stack.toolchain, stack.progress)
    reports = [require_smoketest(each.name, each.namespace, target) for each in stack.releases()]
    return Convergence(
        saved.summary(), saved.digest, revisions, [report.evidence() for report in reports]
    )


def revisions(stack: Stack) -> dict[str, HelmRevision | None]:
    """Return the newest revision of each release in the cluster by ``<namespace>/<release>``."""
    helm = _helm(stack)
    return {
        f"{each.namespace}/{each.name}": next(
            reversed(helm.history(each.name, each.namespace)), None
        )
        for each in stack.releases()
    }


def _verified_revisions(stack: Stack) -> dict[str, int]:
    """Return the revision of each release once all its workloads are available."""
    helm = _helm(stack)
    kubectl = Kubectl(stack.toolchain.program("kubectl"), helm.kubeconfig)
    revisions = {}
    for release in stack.releases():
        name, namespace = release.name, release.namespace
        wait_available(kubectl.within(namespace), name, _VERIFY_SECONDS, stack.progress)
        history = helm.history(name, namespace)
        if not history or history[-1].status != "deployed":
            raise PromoterError(
                f"verify release {namespace}/{name}: its status in Helm is "
                f"{history[-1].status if history else 'not installed'}",
                next_step=f"helm -n {namespace} history {name}",
            )
        revisions[f"{namespace}/{name}"] = history[-1].revision
    return revisions


def _helm(stack: Stack) -> Helm:
    return Helm(stack.toolchain.program("helm"), stack.target.kubeconfig)
