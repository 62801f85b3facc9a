"""The effect of an approval, shown before it is given, and giving it."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from promoter.approvals.approvals import Approval, Special, one_line
from promoter.common.errors import PromoterError, UsageError
from promoter.gate.decision import decide
from promoter.gate.deployment import Deployment
from promoter.gate.gates import UNGATED
from promoter.site.plan import ChangedFile
from promoter.site.site import Site

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ApprovalRequest:
    """A request to approve a commit, a plan or a destroy."""

    environment: str
    reason: str
    commit: str | None = None
    plan: str | None = None
    destroy: bool = False


@dataclass(frozen=True)
class Proposal:
    """The effect of an approval.

    ``value`` is the commit, the plan's digest, or the commit of the record to destroy.

    ``changes`` is everything that a gate at that commit would clear, the environment's own
    files included; ``still_held`` says why it would clear nothing. ``freezes`` is True if the
    environment is ungated and would be held from now on.
    """

    request: ApprovalRequest
    kind: Literal["commit"] | Special
    value: str
    changes: tuple[ChangedFile, ...] = ()
    still_held: str = ""
    freezes: bool = False


def propose(site: Site, request: ApprovalRequest) -> Proposal:
    """Return the effect of ``request``; raises `UsageError` if it contradicts itself."""
    one_line(request.reason)
    site.deployment_of(request.environment)
    named = (request.commit is not None, request.plan is not None, request.destroy)
    if sum(named) > 1:
        raise UsageError(
            "approve: --commit, --plan and --destroy are approvals of different things",
            next_step="give one of them",
        )
    if request.plan is not None:
        return Proposal(request, "plan", _plan_digest(request.plan))
    if request.destroy:
        last = site.last_record(request.environment)
        if last is None:
            raise UsageError(
                f"approve: {request.environment} has not been deployed, nothing to destroy"
            )
        return Proposal(request, "destroy", last[0])
    return _propose_gate(site, request)


def approve(site: Site, proposal: Proposal) -> Approval:
    """Commit the approval on the gates branch and push it."""
    environment, reason = proposal.request.environment, proposal.request.reason
    if proposal.kind != "commit":
        return site.approvals.set_special(environment, proposal.kind, proposal.value, reason)
    deployment = site.deployment_of(environment)
    return site.approvals.set_gate(deployment, environment, proposal.value, reason)


def _propose_gate(site: Site, request: ApprovalRequest) -> Proposal:
    environment = request.environment
    deployment = site.deployment(environment)
    gates = site.approvals.gates(deployment.name)
    ungated = gates.entries.get(environment) == UNGATED
    if request.commit is not None:
        commit = _resolve(site, request.commit)
    elif ungated:
        raise UsageError(
            f"approve {environment}: it is ungated, an approval would hold it at one commit",
            next_step=f"promoter deploy {environment}; to hold it from now on, name the commit "
            "with --commit",
        )
    else:
        commit = _default_commit(site, deployment, environment)
    opened = deployment.under(replace(gates, entries={**gates.entries, environment: commit}))
    decision = decide(opened, environment)
    if decision.is_due:
        changes = tuple(map(ChangedFile.of, decision.changes))
        return Proposal(request, "commit", commit, changes, freezes=ungated)
    held = str(decision.holds[0]) if decision.holds else "it already runs everything there"
    return Proposal(request, "commit", commit, still_held=held, freezes=ungated)


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
