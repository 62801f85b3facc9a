"""What an approval would clear, shown before it is given, and giving it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from promoter.approvals.approvals import Approval, Special, one_line
from promoter.common.errors import PromoterError, UsageError
from promoter.gate.decision import decide
from promoter.gate.rules import FileChange
from promoter.site.site import Site

_SHOWN = 40


@dataclass(frozen=True)
class ApprovalRequest:
    """An approval that somebody wants to give: of a commit, of a plan, or of a destroy."""

    environment: str
    reason: str
    commit: str | None = None
    plan: str | None = None
    destroy: bool = False


@dataclass(frozen=True)
class Proposal:
    """What the approval would do. ``value`` is the commit, the plan's digest or the version.

    ``changes`` is everything that a gate at that commit would clear, the environment's own
    files included.
    """

    request: ApprovalRequest
    kind: Literal["commit"] | Special
    value: str
    changes: tuple[FileChange, ...] = ()
    still_held: str = ""

    def lines(self) -> Iterator[str]:
        """The proposal for a person to read, line by line."""
        yield f"{self.request.environment}: approve {self.kind} {self.value}"
        for change in self.changes[:_SHOWN]:
            origin = f"  {change.current.summary()}" if change.current else ""
            yield f"  {change.kind:8}{change.path}{origin}"
        if len(self.changes) > _SHOWN:
            yield f"  ... and {len(self.changes) - _SHOWN} more files"
        if self.still_held:
            yield f"  it would clear nothing yet: {self.still_held}"


def proposed(site: Site, request: ApprovalRequest) -> Proposal:
    """What ``request`` would approve; raises `UsageError` for one that contradicts itself."""
    one_line(request.reason)
    asked = [bool(request.commit), bool(request.plan), request.destroy]
    if sum(asked) > 1:
        raise UsageError(
            "approve: --commit, --plan and --destroy are approvals of different things",
            next_step="give one of them",
        )
    if request.plan:
        return Proposal(request, "plan", request.plan)
    if request.destroy:
        return Proposal(request, "destroy", str(_recorded_version(site, request.environment)))
    return _of_gate(site, request)


def approve(site: Site, proposal: Proposal) -> Approval:
    """Commit the approval on the gates branch and push it."""
    request = proposal.request
    if proposal.kind != "commit":
        return site.approvals.set_special(
            request.environment, proposal.kind, proposal.value, request.reason
        )
    deployment = site.deployment_of(request.environment)
    return site.approvals.set_gate(deployment, request.environment, proposal.value, request.reason)


def _of_gate(site: Site, request: ApprovalRequest) -> Proposal:
    commit = _resolved(site, request.commit) if request.commit else default_commit(site, request)
    deployment = site.deployment(request.environment)
    gates = site.approvals.gates(deployment.name)
    entries = {**gates.entries, request.environment: commit}
    gated = deployment.under(replace(gates, entries=entries))
    decision = decide(gated, request.environment)
    if decision.is_due:
        return Proposal(request, "commit", commit, decision.changes)
    held = str(decision.holds[0]) if decision.holds else "it runs all that already"
    return Proposal(request, "commit", commit, still_held=held)


def default_commit(site: Site, request: ApprovalRequest) -> str:
    """The commit that recorded the passed environment's state; the tip where there is none.

    A gate names the commit at which cepler reads that state, so this one clears exactly what
    the passed environment runs now (design, "Approvals").
    """
    deployment = site.deployment(request.environment)
    passed = deployment.environment(request.environment).passed
    if passed is None:
        return site.tip
    path = deployment.state_path(passed)
    commits = site.git.lines("log", "-1", "--format=%H", site.tip, "--", path)
    if not commits:
        raise PromoterError(
            f"approve {request.environment}: {passed} has not been deployed yet",
            next_step=f"promoter deploy {passed}, see that it works, then approve",
        )
    return commits[0]


def _resolved(site: Site, revision: str) -> str:
    commit = site.git.commit(revision)
    if commit is None:
        raise UsageError(f"approve: there is no commit {revision} here", next_step="git fetch")
    if not site.git.is_ancestor(commit, site.tip):
        raise UsageError(
            f"approve: {commit[:12]} is not on {site.remote}/{site.branch}",
            next_step="approve a commit that is",
        )
    return commit


def _recorded_version(site: Site, environment: str) -> int:
    recorded = site.deployment(environment).recorded(environment)
    if recorded is None:
        raise UsageError(f"approve: {environment} has not been deployed, nothing to destroy")
    return recorded.version
