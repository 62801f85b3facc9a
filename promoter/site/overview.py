"""The overview: what each environment runs, what waits for it, why, for whom and until when."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from promoter.common.errors import PromoterError
from promoter.gate.decision import Decision
from promoter.gate.evaluator import Evaluator
from promoter.site.opening import Opening, opening_of
from promoter.site.plan import Decided, EnvironmentPlan, decide_each, plans_of
from promoter.site.site import Site
from promoter.site.status import EnvironmentStatus, status_of


@dataclass(frozen=True)
class EnvironmentOverview:
    """One environment, decided once.

    ``passed`` is the environment before it. ``opening`` is None where nothing waits for it, or
    where it cannot be decided. ``has_approval_rules`` is False where whoever may push to the
    gates branch approves.
    """

    plan: EnvironmentPlan
    status: EnvironmentStatus
    opening: Opening | None = None
    passed: str | None = None
    has_approval_rules: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for which it waits: those of the gate, then those of the rules."""
        holds, why = self.plan.holds, self.opening.why if self.opening else ()
        return (*holds, *(each for each in why if not any(each in hold for hold in holds)))

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.plan.environment

    @property
    def deployment(self) -> str:
        """The name of its deployment."""
        return self.plan.deployment


def overview(site: Site, names: Collection[str] = ()) -> tuple[EnvironmentOverview, ...]:
    """Return the environments that ``names`` select (see `Site.select`), in their order.

    Each is decided once, all in one pass over history; no cluster is queried, and who approved what
    runs is left out.
    """
    with site.opened() as opened:
        decided = decide_each(opened, names)
        plans = plans_of(opened, decided)
        openings = dict(_openings(opened, decided))
        return tuple(
            _overview(opened, plan, decision, openings.get(pair))
            for plan, (pair, decision) in zip(plans, decided.items(), strict=True)
        )


def _overview(
    site: Site,
    plan: EnvironmentPlan,
    decision: Decision | PromoterError,
    found: tuple[Opening | None, bool] | None,
) -> EnvironmentOverview:
    if isinstance(decision, PromoterError):
        status = EnvironmentStatus.unreadable(plan.deployment, plan.environment, decision)
        return EnvironmentOverview(plan, status)
    opening, has_rules = found or (None, False)
    passed = site.deployments[plan.deployment].environment(plan.environment).passed
    status = status_of(site, plan.deployment, decision, approved=False)
    return EnvironmentOverview(plan, status, opening, passed, has_rules)


def _openings(
    site: Site, decided: Decided
) -> Iterator[tuple[tuple[str, str], tuple[Opening | None, bool]]]:
    """Yield the opening of each environment for which something waits, and its kind of approval.

    The rules of a deployment are read once for all its environments, and what each of them would
    run is evaluated once.
    """
    for deployment in dict.fromkeys(name for name, _ in decided):
        readable = {
            name: each
            for (own, name), each in decided.items()
            if own == deployment and isinstance(each, Decision)
        }
        if not readable:
            continue
        gated = site.gated(deployment)
        control = site.control(gated)
        with gated.reading() as history:
            evaluator = Evaluator(gated.alone(*readable), history)
            for name, decision in readable.items():
                waits = decision.holds or decision.is_due
                opening = opening_of(evaluator, control, name) if waits else None
                yield (deployment, name), (opening, control.rules(name).approval is not None)
