"""The approvals behind the present gate of an environment, each verified on its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from promoter.approvals.authority import Case, DeployAuthority
from promoter.common.errors import PromoterError
from promoter.gate.decision import decide
from promoter.site.past import past_decisions
from promoter.site.site import Site


@dataclass(frozen=True)
class VerifiedApproval:
    """A vote on what the gate clears; ``person`` is None where nobody who is listed signed it.

    ``counts`` is False where it is not one of the votes that decide: it expired, its person voted
    again later, is in no team that may vote, or is an author of the change. ``commit`` of the gates
    branch has it, ``at`` is ISO 8601. ``via`` is the way if the person's own
    key did not sign it.
    """

    kind: str
    person: str | None
    commit: str
    at: str
    reason: str
    counts: bool = True
    via: str = ""

    @property
    def who(self) -> str:
        """The person, and the way if it was not by a key of their own."""
        way = f" via {self.via}" if self.via else ""
        return f"{self.person}{way}" if self.person else "unverified"


@dataclass(frozen=True)
class GateApprovals:
    """The approvals of what the gate clears, of ``needed`` people, by the rules of ``at``.

    ``at`` (ISO 8601) is now where the change waits, else the time at which what runs was decided.
    ``status`` has the approvals in words, ``verified`` is True if they are complete.
    """

    environment: str
    gate: str
    needed: int
    votes: tuple[VerifiedApproval, ...]
    verified: bool
    status: str
    at: str = ""

    @classmethod
    def of(cls, environment: str, gate: str, case: Case, at: datetime) -> Self:
        """Return the approvals of ``case`` at ``at``."""
        found = DeployAuthority(case).approvals(at)
        words, time = str(found), at.isoformat(timespec="seconds")
        votes = votes_of(case, at)
        return cls(environment, gate, found.needed, votes, found.complete, words, time)

    @property
    def people(self) -> frozenset[str]:
        """The people whose approval counts."""
        return frozenset(
            each.person
            for each in self.votes
            if each.person and each.counts and each.kind == "approve"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The same in words, with the way of those who did not sign with a key of their own."""
        return tuple(
            sorted(each.who for each in self.votes if each.counts and each.kind == "approve")
        )


def gate_approvals(site: Site, environment: str) -> GateApprovals:
    """Return the approvals of the present gate; raises `PromoterError` where it is ``HEAD``.

    With approval rules they are the votes, by the rules: on the change that the gate clears, else
    on what runs, as they counted when that was decided. Without, the signed commit that set it.
    """
    name = site.deployment_of(environment)
    gate = site.approvals.gates(name).commit(environment)
    if gate is None:
        raise PromoterError(
            f"verify approval of {environment}: its gate is HEAD, so nothing is approved",
            next_step=f"promoter approve {environment} --reason '...'",
        )
    control = site.control(site.deployments[name])
    if control.rules(environment).approval is None:
        vote = _signed_commit(site, name, environment)
        approved = vote.person is not None
        status = f"{int(approved)} of 1 approvals{f' ({vote.person})' if approved else ''}"
        return GateApprovals(environment, gate, 1, (vote,), approved, status)
    decision = decide(site.gated(name).controlled_by(None).alone(environment), environment)
    if decision.is_due:
        case = control.case(environment, decision.recorded, decision.state)
        return GateApprovals.of(environment, gate, case, control.now)
    runs = _of_what_runs(site, environment, gate)
    if runs is None:
        raise PromoterError(
            f"verify approval of {environment}: its gate clears nothing, and nothing runs there",
            next_step=f"promoter why {environment}",
        )
    return runs


def _of_what_runs(site: Site, environment: str, gate: str = "") -> GateApprovals | None:
    """Return the approvals of what runs, as they counted when it was decided; None for nothing.

    ``gate`` is named where the gate was HEAD then.
    """
    past = next(past_decisions(site, environment), None)
    if past is None:
        return None
    return GateApprovals.of(environment, past.gate or gate, past.case(), past.at)


def _shown(site: Site, environment: str) -> GateApprovals:
    return _of_what_runs(site, environment) or gate_approvals(site, environment)


def approvers(site: Site, environment: str) -> str | None:
    """Return who approved what runs, for people to read; None where the gate is ``HEAD``."""
    deployment = site.deployment_of(environment)
    if not site.gated(deployment).is_gated(environment):
        return None
    if site.control(site.deployments[deployment]).rules(environment).approval is None:
        approval = site.approvals.gate(deployment, environment)
        return approval.by if approval else None
    try:
        return ", ".join(_shown(site, environment).names) or "nobody"
    except PromoterError:  # `verify approval` and `audit` name it; a status has more to show.
        return "unknown"


def approval_in_words(site: Site, environment: str) -> str | None:
    """Return by whom, where, when and why what runs was approved; None where the gate is ``HEAD``.

    With approval rules the newest vote says where and why: whoever may push can move the gate.
    """
    name = site.deployment_of(environment)
    found = site.approvals.gate(name, environment)
    if found is None:
        return None
    by, commit, at, reason = found.by, found.commit, found.at, found.reason
    if site.control(site.deployments[name]).rules(environment).approval:
        approvals = _shown(site, environment)
        counting = (each for each in approvals.votes if each.counts and each.kind == "approve")
        newest = max(counting, key=lambda each: each.at, default=None)
        if newest is None:
            return "nobody"
        by = ", ".join(sorted(approvals.people))
        commit, at, reason = newest.commit, newest.at, newest.reason
    return f"{by} in {commit[:12]} at {at}{f', {reason}' if reason else ''}"


def votes_of(case: Case, at: datetime) -> tuple[VerifiedApproval, ...]:
    """Return the votes and overrides of ``case``, and which of them decide at ``at``."""
    verdict = DeployAuthority(case).verdict(at)
    deciding = [verdict.override] if verdict.override else []
    if verdict.approvals:
        deciding += [*verdict.approvals.given, *verdict.approvals.rejected]
    commits = {each.added_by for each in deciding}
    return tuple(
        VerifiedApproval(
            vote.kind,
            vote.person,
            vote.added_by,
            vote.at,
            vote.reason,
            vote.added_by in commits,
            vote.via,
        )
        for vote in case.statements
        if vote.kind in ("approve", "reject", "override")
    )


def _signed_commit(site: Site, deployment: str, environment: str) -> VerifiedApproval:
    found = site.approvals.gate(deployment, environment)
    if found is None:
        raise PromoterError(f"verify approval of {environment}: nobody set its gate")
    return VerifiedApproval("approve", found.approved_by, found.commit, found.at, found.reason)
