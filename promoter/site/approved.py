"""The approvals behind the present gate of an environment, each verified on its own."""

from dataclasses import dataclass, replace
from datetime import datetime

from promoter.approvals.approvals import Approvals
from promoter.approvals.rules_file import TeamsFile
from promoter.approvals.statement import content_digest
from promoter.common.errors import PromoterError
from promoter.site.site import Site
from promoter.site.timeline import RecordedDeployment


@dataclass(frozen=True)
class VerifiedApproval:
    """A vote for the present gate; ``person`` is None where nobody who may vote signed it.

    ``commit`` of the gates branch has it, ``at`` is ISO 8601.
    """

    kind: str
    person: str | None
    commit: str
    at: str
    reason: str


@dataclass(frozen=True)
class GateApprovals:
    """The approvals of the commit that the gate names, of ``needed`` people.

    ``missing_teams`` are those that have to approve, of whose people nobody did.
    """

    environment: str
    gate: str
    needed: int
    votes: tuple[VerifiedApproval, ...]
    missing_teams: tuple[str, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """The people whose approval is verified."""
        return frozenset(
            each.person for each in self.votes if each.person and each.kind == "approve"
        )

    @property
    def verified(self) -> bool:
        """True if as many people as needed signed an approval, and of every required team one."""
        return len(self.people) >= self.needed and not self.missing_teams


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
    teams = control.in_force.teams if control.in_force else TeamsFile()
    voters = teams.members(rule.from_)
    votes = tuple(
        VerifiedApproval(
            made.kind,
            made.person if made.person in voters else None,
            made.added_by,
            made.at,
            made.reason,
        )
        for made in map(control.verified, control.signed)
        if (made.environment, made.commit) == (environment, gate) and made.kind != "override"
    )
    found = GateApprovals(environment, gate, rule.count, votes)
    missing = (team for team in rule.required if not found.people & teams.members([team]))
    return replace(found, missing_teams=tuple(missing))


def approvers(site: Site, environment: str) -> str | None:
    """Return who approved what the gate names, for people to read; None where it is ``HEAD``."""
    deployment = site.deployment_of(environment)
    approval = site.approvals.gate(deployment, environment)
    if approval is None:
        return None
    if site.control(site.deployments[deployment]).rules(environment).approval is None:
        return approval.by
    return ", ".join(sorted(gate_approvals(site, environment).people)) or "nobody"


def approval_in_words(site: Site, environment: str) -> str | None:
    """Return by whom, where, when and why the gate was approved; None where it is ``HEAD``.

    With approval rules the newest vote says where and why: whoever may push can move the gate.
    """
    by = approvers(site, environment)
    found = site.approvals.gate(site.deployment_of(environment), environment)
    if by is None or found is None:
        return None
    commit, at, reason = found.commit, found.at, found.reason
    if site.control(site.deployments[site.deployment_of(environment)]).rules(environment).approval:
        votes = gate_approvals(site, environment).votes
        counting = (each for each in votes if each.person and each.kind == "approve")
        newest = max(counting, key=lambda each: each.at, default=None)
        if newest is None:
            return by
        commit, at, reason = newest.commit, newest.at, newest.reason
    return f"{by} in {commit[:12]} at {at}{f', {reason}' if reason else ''}"


def recorded_approvals(site: Site, record: RecordedDeployment) -> tuple[VerifiedApproval, ...]:
    """Return the votes on what ``record`` has, as they counted then.

    Without any the approval of the gate then: its evidence names the commit of the gates branch,
    else the times of the branch's commits tell it.
    """
    if record.state is None:
        return ()
    then = datetime.fromisoformat(record.at)
    control = replace(site.control(site.deployments[record.deployment]), now=then)
    about = (record.environment, content_digest(record.state.current))
    votes = tuple(
        VerifiedApproval(made.kind, made.person, made.added_by, made.at, made.reason)
        for made in map(control.verified, control.signed)
        if (made.environment, made.would) == about
    )
    gates = _gates_of(site, record)
    if votes or gates is None:
        return votes
    found = Approvals(site.git, site.remote, record.parent, gates).gate(
        record.deployment, record.environment
    )
    if found is None:
        return ()
    return (VerifiedApproval("approve", found.approved_by, found.commit, found.at, found.reason),)


def _gates_of(site: Site, record: RecordedDeployment) -> str | None:
    if record.attempt and record.attempt.gates:
        return record.attempt.gates
    if site.gates_tip is None:
        return None
    before = f"--before={record.at}"
    return next(iter(site.git.lines("rev-list", "-1", before, site.gates_tip)), None)


def _signed_commit(site: Site, deployment: str, environment: str) -> VerifiedApproval:
    found = site.approvals.gate(deployment, environment)
    if found is None:
        raise PromoterError(f"verify approval of {environment}: nobody set its gate")
    return VerifiedApproval("approve", found.approved_by, found.commit, found.at, found.reason)
