"""The approvals behind the present gate of an environment, each verified on its own."""

from dataclasses import dataclass

from promoter.common.errors import PromoterError
from promoter.site.site import Site


@dataclass(frozen=True)
class VerifiedApproval:
    """A vote for the present gate; ``person`` is None where no listed key signed it.

    ``commit`` of the gates branch has it, ``at`` is ISO 8601.
    """

    kind: str
    person: str | None
    commit: str
    at: str
    reason: str


@dataclass(frozen=True)
class GateApprovals:
    """The approvals of the commit that the gate names, of ``needed`` people."""

    environment: str
    gate: str
    needed: int
    votes: tuple[VerifiedApproval, ...]

    @property
    def people(self) -> frozenset[str]:
        """The people whose approval is verified."""
        return frozenset(
            each.person for each in self.votes if each.person and each.kind == "approve"
        )

    @property
    def verified(self) -> bool:
        """True if as many people as needed signed an approval."""
        return len(self.people) >= self.needed


def gate_approvals(site: Site, environment: str) -> GateApprovals:
    """Return the approvals of the present gate; raises `PromoterError` where it is ``HEAD``.

    With approval rules they are the signed votes, else the signed commit that set the gate.
    """
    name = site.deployment_of(environment)
    gate = site.approvals.gates(name).commit(environment)
    if gate is None:
        raise PromoterError(
            f"verify approval of {environment}: its gate is HEAD, so nothing is approved",
            next_step=f"promoter approve {environment} --reason '...'",
        )
    control = site.control(site.deployments[name])
    rule = control.rules(environment).approval
    if rule is None:
        return GateApprovals(environment, gate, 1, (_signed_commit(site, name, environment),))
    votes = tuple(
        VerifiedApproval(made.kind, made.person, made.added_by, made.at, made.reason)
        for made in map(control.verified, control.signed)
        if (made.environment, made.commit) == (environment, gate)
    )
    return GateApprovals(environment, gate, rule.count, votes)


def _signed_commit(site: Site, deployment: str, environment: str) -> VerifiedApproval:
    found = site.approvals.gate(deployment, environment)
    if found is None:
        raise PromoterError(f"verify approval of {environment}: nobody set its gate")
    return VerifiedApproval("approve", found.approved_by, found.commit, found.at, found.reason)
