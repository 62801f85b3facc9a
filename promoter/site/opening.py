"""The earliest time at which an environment can clear, by its rules."""

from dataclasses import dataclass
from datetime import datetime

from promoter.approvals.authority import ApprovalStatus, Case, DeployAuthority
from promoter.approvals.control import GitControl
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.site.site import Site


@dataclass(frozen=True)
class Opening:
    """The earliest time (ISO 8601, UTC) at which an environment can clear what waits for it.

    ``without_votes`` assumes no further vote, ``if_approved`` every one that is missing; None
    means never. ``why`` has the reasons that hold it back now. With approval rules ``needed``
    people have to approve it; ``approved_by`` have, and ``may_vote`` still may.
    """

    environment: str
    without_votes: str | None
    if_approved: str | None
    why: tuple[str, ...] = ()
    needed: int = 0
    approved_by: tuple[str, ...] = ()
    may_vote: tuple[str, ...] = ()


def find_opening(site: Site, environment: str) -> Opening:
    """Return the opening of ``environment`` for what its gate clears, or the tip would."""
    deployment = site.deployment(environment)
    found = opening_of(deployment, site.control(deployment), environment)
    return found or Opening(environment, None, None, ("nothing waits for it",))


def opening_of(deployment: Deployment, control: GitControl, environment: str) -> Opening | None:
    """Return the opening of ``environment``, None where nothing waits for it.

    ``deployment`` has its gates.
    """
    now = control.now
    case, cleared = _case(deployment, control, environment)
    if case is None:
        return None
    authority = DeployAuthority(case)
    verdict = authority.verdict(now)
    # What the gate does not clear yet waits for its approval, whatever the rules say.
    alone = authority.opens(now) if cleared else None
    approved, status = authority.opens(now, approved=True), verdict.approvals or ApprovalStatus(0)
    people = tuple(str(vote.person) for vote in status.given)
    return Opening(
        environment,
        _text(alone),
        _text(approved),
        tuple(each.reason for each in verdict.refusals),
        status.needed,
        people,
        tuple(name for name in status.eligible if name not in people),
    )


def _case(deployment: Deployment, control: GitControl, name: str) -> tuple[Case | None, bool]:
    """Return what decides about the change that waits, and whether the gate clears it."""
    decision = decide(deployment.controlled_by(None).alone(name), name, origins=False)
    recorded, gated = decision.recorded, deployment.is_gated(name)
    would = decision.state if decision.is_due else control.would(name, deployment.tip)
    case = control.case(name, recorded, would, gated=gated) if would else None
    return case, decision.is_due


def _text(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
