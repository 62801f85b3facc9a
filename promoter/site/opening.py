"""The earliest time at which an environment can clear, by its rules."""

from dataclasses import dataclass
from datetime import datetime

from promoter.approvals.authority import Case, DeployAuthority
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.site.site import Site


@dataclass(frozen=True)
class Opening:
    """The earliest time (ISO 8601, UTC) at which an environment can clear what waits for it.

    ``without_votes`` assumes no further vote, ``if_approved`` every one that is missing; None
    means never. ``why`` has the reasons that hold it back now.
    """

    environment: str
    without_votes: str | None
    if_approved: str | None
    why: tuple[str, ...] = ()


def find_opening(site: Site, environment: str) -> Opening:
    """Return the opening of ``environment`` for what its gate clears, or the tip would."""
    deployment = site.deployment(environment)
    case = _case(site, deployment, environment)
    now = site.control(deployment).now
    if case is None:
        return Opening(environment, None, None, ("nothing waits for it",))
    authority = DeployAuthority(case)
    why = tuple(each.reason for each in authority.verdict(now).refusals)
    alone, approved = authority.opens(now), authority.opens(now, approved=True)
    return Opening(environment, _text(alone), _text(approved), why)


def _case(site: Site, deployment: Deployment, name: str) -> Case | None:
    control = site.control(deployment)
    decision = decide(deployment.controlled_by(None).alone(name), name, origins=False)
    recorded, gated = decision.recorded, deployment.is_gated(name)
    would = decision.state if decision.is_due else control.would(name, deployment.tip)
    return control.case(name, recorded, would, gated=gated) if would else None


def _text(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
