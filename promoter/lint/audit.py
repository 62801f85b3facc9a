"""Audit: every recorded deployment, decided again from git with the rules of its time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from promoter.approvals.authority import DeployAuthority
from promoter.approvals.authors import authors
from promoter.approvals.control_files import ControlFiles
from promoter.approvals.soak import soaks
from promoter.common.errors import PromoterError
from promoter.gate.history import History
from promoter.lint.rules.records import record_problems
from promoter.site.past import PastDecision, past_decisions
from promoter.site.site import Site


@dataclass(frozen=True)
class AuditedDeployment:
    """One recorded deployment; ``problems`` are the reasons why it should not have passed.

    ``at`` is the time of the decision (UTC, ISO 8601), ``note`` says by which override it passed.
    """

    environment: str
    commit: str
    version: int
    trigger: str
    at: str
    problems: tuple[str, ...] = ()
    note: str = ""


def audit(
    site: Site, environment: str, *, since: datetime | None = None, at: datetime | None = None
) -> tuple[AuditedDeployment, ...]:
    """Return every deployment of ``environment`` decided again, the oldest first.

    Those from ``since`` on, or of what ran ``at`` a time. Whatever is read is in git.
    """
    found = [
        past
        for past in past_decisions(site, environment)
        if (since is None or past.at >= since) and (at is None or past.at <= at)
    ]
    return tuple(audited(past) for past in (found[:1] if at else found[::-1]))


def audited(past: PastDecision) -> AuditedDeployment:
    """Return the result of deciding ``past`` again."""
    problems, note = list(_record_problems(past)), ""
    try:
        verdict = past.verdict()
        problems += [refusal.reason for refusal in verdict.refusals]
        if verdict.override:
            by, reason = verdict.override.person, verdict.override.reason
            note = f"passed by the override of {by}: {reason}"
    except PromoterError as error:
        problems.append(str(error))
    return replace(summary(past), problems=tuple(problems), note=note)


def summary(past: PastDecision) -> AuditedDeployment:
    """Return the deployment before it is decided again."""
    return AuditedDeployment(
        environment=past.environment,
        commit=past.commit,
        version=past.state.version,
        trigger=past.state.current.head_commit,
        at=past.at.isoformat(timespec="seconds"),
    )


def refusals_under(past: PastDecision, proposed: ControlFiles) -> tuple[str, ...]:
    """Return the reasons against it if ``proposed`` had been the rules at that time."""
    rules = proposed.rules.environments.get(past.environment)
    if rules is None:
        return ()
    git, state = past.site.git, past.state.current
    case = replace(
        past.case(),
        rules=rules,
        teams=proposed.teams,
        authors=authors(git, past.recorded, state),
        soaks=soaks(past.control.deployment, past.environment, state),
    )
    return tuple(each.reason for each in DeployAuthority(case).verdict(past.at).refusals)


def _record_problems(past: PastDecision) -> Iterator[str]:
    site, trigger = past.site, past.state.current.head_commit
    path = site.deployments[past.deployment].state_path(past.environment)
    with History(site.git) as history:
        found = record_problems(site.git, history, past.commit, list(past.parents))
        yield from (reason for changed, reason in found if changed == path)
    gate = past.gate
    if gate is not None and not site.git.is_ancestor(trigger, gate):
        yield f"the gate was at {gate[:12]}, which does not have {trigger[:12]}"
