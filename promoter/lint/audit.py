"""Audit: every recorded deployment, decided again from git with the rules of its time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from promoter.approvals.approvals import gates_file
from promoter.approvals.authority import DeployAuthority, Verdict
from promoter.approvals.authors import authors
from promoter.approvals.control import GitControl
from promoter.approvals.rules_in_force import ControlFiles
from promoter.approvals.signed_records import StateChange, state_changes
from promoter.approvals.soak import soaks
from promoter.common.errors import PromoterError
from promoter.gate.deployment import Deployment
from promoter.gate.gates import from_commit
from promoter.gate.history import History
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state
from promoter.lint.rules.records import record_problems
from promoter.site.evidence import folder
from promoter.site.site import Site
from promoter.site.witness import GATES


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


@dataclass(frozen=True)
class PastDeployment:
    """A record in the history of ``site``: what was recorded, on what, when, and under which gates.

    ``gates`` is the commit of the gates branch that decided it, None where there was none.
    """

    site: Site
    deployment: str
    environment: str
    commit: str
    parents: tuple[str, ...]
    at: datetime
    gates: str | None
    state: EnvironmentState

    def audited(self) -> AuditedDeployment:
        """Return the result of deciding it again."""
        problems, note = list(self._record_problems()), ""
        try:
            verdict = self._verdict()
            problems += [refusal.reason for refusal in verdict.refusals]
            if verdict.override:
                by, reason = verdict.override.person, verdict.override.reason
                note = f"passed by the override of {by}: {reason}"
        except PromoterError as error:
            problems.append(str(error))
        return replace(self.summary(), problems=tuple(problems), note=note)

    def summary(self) -> AuditedDeployment:
        """Return the deployment before it is decided again."""
        return AuditedDeployment(
            environment=self.environment,
            commit=self.commit,
            version=self.state.version,
            trigger=self.state.current.head_commit,
            at=self.at.isoformat(timespec="seconds"),
        )

    def refusals_under(self, proposed: ControlFiles) -> tuple[str, ...]:
        """Return the reasons against it if ``proposed`` had been the rules at that time."""
        rules = proposed.rules.environments.get(self.environment)
        if rules is None:
            return ()
        control, state = self._control(), self.state.current
        deployment, recorded = control.deployment, control.deployment.recorded(self.environment)
        case = replace(
            control.case(self.environment, recorded, state, gated=self._gate() is not None),
            rules=rules,
            teams=proposed.teams,
            authors=authors(self.site.git, recorded, state),
            soaks=soaks(deployment, self.environment, state),
        )
        return tuple(each.reason for each in DeployAuthority(case).verdict(self.at).refusals)

    def _record_problems(self) -> Iterator[str]:
        path = self.site.deployments[self.deployment].state_path(self.environment)
        with History(self.site.git) as history:
            found = record_problems(self.site.git, history, self.commit, list(self.parents))
            yield from (reason for changed, reason in found if changed == path)
        gate, trigger = self._gate(), self.state.current.head_commit
        if gate is not None and not self.site.git.is_ancestor(trigger, gate):
            yield f"the gate was at {gate[:12]}, which does not have {trigger[:12]}"

    def _gate(self) -> str | None:
        """Return the commit that the gate named, None for HEAD; raises where there was no gate."""
        gates = self._control().deployment.gates
        return gates.commit(self.environment) if gates else None

    def _verdict(self) -> Verdict:
        control, gated = self._control(), self._gate() is not None
        recorded = control.deployment.recorded(self.environment)
        return control.verdict(self.environment, recorded, self.state.current, gated=gated)

    def _control(self) -> GitControl:
        git, now = self.site.git, self.site.deployments[self.deployment]
        gates = from_commit(git, self.gates or "", gates_file(self.deployment))
        deployment = Deployment.at_commit(git, self.parents[0], now.config_path, gates)
        return GitControl(deployment, self.gates, self.at, in_ci=False)


def audit(
    site: Site, environment: str, *, since: datetime | None = None, at: datetime | None = None
) -> tuple[AuditedDeployment, ...]:
    """Return every deployment of ``environment`` decided again, the oldest first.

    Those from ``since`` on, or of what ran ``at`` a time. Whatever is read is in git.
    """
    found = [
        past
        for past in past_deployments(site, environment)
        if (since is None or past.at >= since) and (at is None or past.at <= at)
    ]
    return tuple(past.audited() for past in (found[-1:] if at else found))


def past_deployments(site: Site, environment: str) -> Iterator[PastDeployment]:
    """Yield every record of ``environment`` in the history, the oldest first."""
    name = site.deployment_of(environment)
    path = site.deployments[name].state_path(environment)
    for change in reversed(state_changes(site.git, path, site.tip)):
        parents = site.git.text("log", "-1", "--format=%P", change.commit).split()
        content = site.git.file(change.commit, path)
        if content is None or not parents:
            continue
        # A merge of a branch that has the record already is no record of its own.
        if len(parents) > 1 and content in [site.git.file(each, path) for each in parents]:
            continue
        at, gates = _decided(site, name, environment, change, parents[0])
        state = read_state(content, path)
        yield PastDeployment(
            site, name, environment, change.commit, tuple(parents), at, gates, state
        )


def _decided(
    site: Site, deployment: str, environment: str, change: StateChange, parent: str
) -> tuple[datetime, str | None]:
    """Return when a deployment was decided, and by which commit of the gates branch.

    Its evidence says both. A record of cepler's has none: then it is the time of the record, and
    the branch as its commits' times say.
    """
    added = f"{folder(deployment, environment)}/"
    options = ("-r", "--name-only", "--no-renames", parent, change.commit, "--", added)
    for path in site.git.lines("diff-tree", *options):
        if "-deploy-deployed-" in path:
            found = json.loads(site.git.file(change.commit, path) or b"{}")
            gates = found.get("details", {}).get(GATES)
            if gates:
                return datetime.fromisoformat(found["at"]), gates
    before = f"--before={change.time}"
    listed = site.git.lines("rev-list", "-1", before, site.gates_tip) if site.gates_tip else []
    return datetime.fromtimestamp(change.time, UTC), next(iter(listed), None)
