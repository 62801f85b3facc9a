"""The earliest time at which an environment can clear, by its rules."""

from dataclasses import dataclass
from datetime import datetime

from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.control import GitControl
from promoter.approvals.verdict import ApprovalStatus
from promoter.gate.evaluator import Evaluator
from promoter.gate.state import DeployState
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
    with deployment.reading() as history:
        evaluator = Evaluator(deployment.alone(environment), history)
        found = opening_of(evaluator, site.control(deployment), environment)
    return found or Opening(environment, None, None, ("nothing waits for it",))


def opening_of(evaluator: Evaluator, control: GitControl, environment: str) -> Opening | None:
    """Return the opening of ``environment``, None where nothing waits for it.

    The deployment of ``evaluator`` has its gates.
    """
    now = control.now
    cleared, would = _waiting(evaluator, environment)
    if would is None:
        return None
    authority = DeployAuthority(_case(evaluator, control, environment, would))
    verdict = authority.verdict(now)
    # What the gate does not clear yet waits for its approval, whatever the rules say.
    alone = authority.opens(now) if cleared else None
    approved, status = authority.opens(now, approved=True), verdict.approvals or ApprovalStatus(0)
    people = {vote.person for vote in status.given}
    return Opening(
        environment,
        _text(alone),
        _text(approved),
        tuple(each.reason for each in verdict.refusals),
        status.needed,
        tuple(vote.who for vote in status.given),
        tuple(name for name in status.eligible if name not in people),
    )


def _waiting(evaluator: Evaluator, name: str) -> tuple[bool, DeployState | None]:
    """Return whether the gate clears something, and what: else what it would at the tip."""
    cleared = evaluator.state_at(name, evaluator.decided_at(name))
    return cleared is not None, cleared or evaluator.state_at(name, evaluator.deployment.tip)


def _case(evaluator: Evaluator, control: GitControl, name: str, would: DeployState) -> Case:
    """Return what decides about ``would``."""
    deployment = evaluator.deployment
    return control.case(name, deployment.recorded(name), would, gated=deployment.is_gated(name))


def _text(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
