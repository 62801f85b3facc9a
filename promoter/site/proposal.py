"""The effect of an approval, shown before it is given, and giving it."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from promoter.approvals.approvals import Approval, Special, one_line
from promoter.approvals.authority import DeployAuthority
from promoter.approvals.ballot import (
    Ballot,
    CastVote,
    ChangeBallot,
    RulesBallot,
    SpecialBallot,
)
from promoter.common.errors import NothingNewer, PromoterError, UsageError
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.gate.gates import UNGATED
from promoter.site.chart_changes import chart_changes
from promoter.site.plan import ChangedFile
from promoter.site.site import Site

Vote = Literal["approve", "reject", "override"]

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ApprovalRequest:
    """A request to approve a commit, a plan or a destroy.

    With ``subject`` it is of the person who signed in to the page as that.
    """

    environment: str
    reason: str
    commit: str | None = None
    plan: str | None = None
    destroy: bool = False
    vote: Vote = "approve"
    lasts: timedelta | None = None
    rules: bool = False
    subject: str = ""


@dataclass(frozen=True)
class Proposal:
    """The effect of an approval.

    ``value`` is the commit, the plan's digest, or the commit of the record to destroy.

    ``changes`` is everything that a gate at that commit would clear, the environment's own
    files included; ``still_held`` says why it would clear nothing. ``freezes`` is True if the
    environment is ungated and would be held from now on. Where approval rules exist it is a vote:
    ``approvals`` are those of before, and ``ballot`` takes it. ``text`` has the lines that say
    more: images, values, or a diff of the rules.
    """

    request: ApprovalRequest
    kind: Literal["commit", "rules"] | Special
    value: str
    changes: tuple[ChangedFile, ...] = ()
    still_held: str = ""
    freezes: bool = False
    approvals: str = ""
    text: tuple[str, ...] = ()
    ballot: Ballot | RulesBallot | None = None

    @property
    def content(self) -> str:
        """Digests of what runs, what would run and the rules, as a vote names them."""
        if not isinstance(self.ballot, Ballot):
            return ""
        case = self.ballot.case(self.ballot.approvals.tip)
        return " ".join((case.runs, case.would, case.rules_digest))

    def facts(self) -> dict[str, object]:
        """Return the proposal without the means to vote on it."""
        return {name: value for name, value in vars(self).items() if name != "ballot"}


def propose(site: Site, request: ApprovalRequest) -> Proposal:
    """Return the effect of ``request``; raises `UsageError` if it contradicts itself."""
    one_line(request.reason)
    named = (request.commit is not None, request.plan is not None, request.destroy, request.rules)
    if sum(named) > 1:
        raise UsageError(
            "approve: --commit, --plan, --destroy and --rules are approvals of different things",
            next_step="give one of them",
        )
    if request.rules:
        return _propose_rules(site, request)
    site.deployment_of(request.environment)
    if request.plan is not None:
        return _propose_special(site, request, "plan", _plan_digest(request.plan))
    if request.destroy:
        last = site.last_record(request.environment)
        if last is None:
            raise UsageError(
                f"approve: {request.environment} has not been deployed, nothing to destroy"
            )
        return _propose_special(site, request, "destroy", last[0])
    return _propose_gate(site, request)


def approve(site: Site, proposal: Proposal) -> Approval | CastVote:
    """Commit the approval or the vote on the gates branch and push it."""
    environment, reason = proposal.request.environment, proposal.request.reason
    request = proposal.request
    if isinstance(proposal.ballot, Ballot):
        return proposal.ballot.cast(
            request.vote, one_line(reason), request.lasts, subject=request.subject
        )
    if request.subject:
        raise UsageError(
            f"{request.vote} {environment}: only votes on a commit are given on the page",
            next_step="run the command with your own key",
        )
    if proposal.ballot is not None:
        return proposal.ballot.cast(request.vote, one_line(reason), request.lasts)
    if proposal.kind == "plan" or proposal.kind == "destroy":
        return site.approvals.set_special(environment, proposal.kind, proposal.value, reason)
    deployment = site.deployment_of(environment)
    return site.approvals.set_gate(deployment, environment, proposal.value, reason)


def _propose_special(site: Site, request: ApprovalRequest, kind: Special, id_: str) -> Proposal:
    """Return the approval of one plan or a destroy: a vote where approval rules exist."""
    name = request.environment
    deployment = site.deployments[site.deployment_of(name)]
    rules = site.control(deployment).rules(name)
    if rules.approval is None:
        if request.vote != "approve":
            raise UsageError(f"{request.vote} {name}: it has no approval rules")
        return Proposal(request, kind, id_)
    ballot = SpecialBallot(site.approvals, deployment, name, site.tip, kind, id_)
    status = DeployAuthority(ballot.case(site.gates_tip)).approvals(site.control(deployment).now)
    return Proposal(request, kind, id_, approvals=str(status), ballot=ballot)


def _propose_gate(site: Site, request: ApprovalRequest) -> Proposal:
    environment = request.environment
    deployment = site.deployment(environment)
    control = site.control(deployment)
    rules = control.rules(environment)
    votes = rules.approval is not None or request.vote == "override"
    if request.vote != "approve" and not votes:
        raise UsageError(f"{request.vote} {environment}: it has no approval rules")
    gates = site.approvals.gates(deployment.name)
    ungated = gates.entries.get(environment) == UNGATED
    if request.commit is not None:
        commit = _resolve(site, request.commit)
    elif ungated and not votes:
        raise UsageError(
            f"approve {environment}: it is ungated, an approval would hold it at one commit",
            next_step=f"promoter deploy {environment}; to hold it from now on, name the commit "
            "with --commit",
        )
    else:
        commit = _default_commit(site, deployment, environment)
    opened = deployment.under(replace(gates, entries={**gates.entries, environment: commit}))
    if votes:
        return _propose_vote(site, request, opened, commit)
    decision = decide(opened, environment)
    if decision.is_due:
        changes = tuple(map(ChangedFile.of, decision.changes))
        text = chart_changes(site.git, decision.recorded, decision.state)
        return Proposal(request, "commit", commit, changes, freezes=ungated, text=text)
    held = str(decision.holds[0]) if decision.holds else "it already runs everything there"
    return Proposal(request, "commit", commit, still_held=held, freezes=ungated)


def _propose_rules(site: Site, request: ApprovalRequest) -> Proposal:
    """Return the vote on the control files of main; the argument names the deployment."""
    if request.vote == "override":
        raise UsageError("approve --rules: rules are never overridden")
    deployment = site.deployments.get(request.environment)
    if deployment is None:
        known = ", ".join(site.deployments) or "none"
        raise UsageError(
            f"approve --rules: no deployment {request.environment}", next_step=f"one of: {known}"
        )
    ballot = RulesBallot(site.approvals, deployment)
    before, after = ballot.files()
    status = before.approvals(after, site.control(deployment).signed)
    so_far = str(status) if status else ""
    text = tuple(after.changes_from(before))
    return Proposal(request, "rules", after.digest, approvals=so_far, text=text, ballot=ballot)


def vote_of(*, reject: bool, override: bool) -> Vote:
    """Return the vote that the options mean; raises `UsageError` for both."""
    if reject and override:
        raise UsageError("approve: --reject and --override contradict each other")
    return "reject" if reject else "override" if override else "approve"


def lasts_of(text: str | None) -> timedelta | None:
    """Return a duration like ``2h``; raises `UsageError`."""
    from promoter.approvals.rules_file import parse_duration  # pydantic

    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        raise UsageError(f"approve --expires {text!r}: {error}") from error


def _propose_vote(
    site: Site, request: ApprovalRequest, opened: Deployment, commit: str
) -> Proposal:
    """Return the vote on what a gate at ``commit`` would clear; raises if that is nothing."""
    name = request.environment
    decision = decide(opened.controlled_by(None), name)
    if not decision.is_due:
        held = str(decision.holds[0]) if decision.holds else "it already runs everything there"
        raise NothingNewer(f"{request.vote} {name} at {commit[:12]}: it clears nothing: {held}")
    ballot = ChangeBallot(site.approvals, opened, name, commit, decision.recorded, decision.state)
    control = site.control(opened)
    verdict = DeployAuthority(ballot.case(site.gates_tip)).verdict(control.now)
    changes = tuple(map(ChangedFile.of, decision.changes))
    held = "; ".join(each.reason for each in verdict.refusals)
    status = str(verdict.approvals) if verdict.approvals else ""
    text = chart_changes(site.git, decision.recorded, decision.state)
    return Proposal(
        request, "commit", commit, changes, held, approvals=status, text=text, ballot=ballot
    )


def _plan_digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise UsageError(
            f"approve --plan {text!r}: not the digest of a plan (64 hex digits)",
            next_step="copy it from the message of the deploy that was refused",
        )
    return text


def _default_commit(site: Site, deployment: Deployment, environment: str) -> str:
    """Return the commit that recorded the passed environment's state, the tip without one.

    A gate names the commit at which cepler reads that state, so this one clears exactly what
    the passed environment runs now (design, "Approvals").
    """
    passed = deployment.environment(environment).passed
    if passed is None:
        return site.tip
    path = deployment.state_path(passed)
    commit = site.git.text("log", "-1", "--format=%H", site.tip, "--", path)
    if not commit:
        raise PromoterError(
            f"approve {environment}: {passed} has not been deployed yet",
            next_step=f"promoter deploy {passed}, verify it, then approve",
        )
    return commit


def _resolve(site: Site, revision: str) -> str:
    commit = site.git.commit(revision)
    if commit is None:
        raise UsageError(f"approve: no commit {revision} in this clone", next_step="git fetch")
    if not site.git.is_ancestor(commit, site.tip):
        raise UsageError(
            f"approve: {commit[:12]} is not on {site.remote}/{site.branch}",
            next_step="approve a commit that is",
        )
    return commit
