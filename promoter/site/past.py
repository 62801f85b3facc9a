"""Past decisions: what was recorded, on what, when, and by which rules and votes of its time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from promoter.approvals.approvals import gates_file
from promoter.approvals.authority import Case
from promoter.approvals.control import GitControl
from promoter.approvals.signed_records import StateChange, state_changes
from promoter.approvals.verdict import Verdict
from promoter.gate.deployment import Deployment
from promoter.gate.gates import from_commit
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state
from promoter.site.evidence import Attempt, folder
from promoter.site.site import Site


@dataclass(frozen=True)
class PastDecision:
    """The decision that a record in the history of ``site`` rests on, as it was made ``at`` a time.

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

    @cached_property
    def control(self) -> GitControl:
        """The rules, signers, teams and votes of that time."""
        git, now = self.site.git, self.site.deployments[self.deployment]
        gates = from_commit(git, self.gates or "", gates_file(self.deployment))
        deployment = Deployment.at_commit(git, self.parents[0], now.config_path, gates)
        return GitControl(deployment, self.gates, self.at, in_ci=False)

    @property
    def gate(self) -> str | None:
        """The commit that the gate named, None for HEAD; raises where there was no gate."""
        gates = self.control.deployment.gates
        return gates.commit(self.environment) if gates else None

    @property
    def recorded(self) -> EnvironmentState | None:
        """The record before."""
        return self.control.deployment.recorded(self.environment)

    def case(self) -> Case:
        """Return everything that decided about it."""
        current, gated = self.state.current, self.gate is not None
        return self.control.case(self.environment, self.recorded, current, gated=gated)

    def verdict(self) -> Verdict:
        """Return the decision, made again."""
        current, gated = self.state.current, self.gate is not None
        return self.control.verdict(self.environment, self.recorded, current, gated=gated)


def past_decisions(site: Site, environment: str) -> Iterator[PastDecision]:
    """Yield the decision behind every record of ``environment`` in the history, newest first."""
    path = site.deployments[site.deployment_of(environment)].state_path(environment)
    changes = state_changes(site.git, path, site.tip)
    yield from filter(None, (past_decision(site, environment, each) for each in changes))


def past_decision(site: Site, environment: str, change: StateChange) -> PastDecision | None:
    """Return the decision behind one change of the state file, None where it is no record."""
    git, name = site.git, site.deployment_of(environment)
    path = site.deployments[name].state_path(environment)
    parents = git.text("log", "-1", "--format=%P", change.commit).split()
    content = git.file(change.commit, path)
    if content is None or not parents:
        return None
    # A merge of a branch that has the record already is no record of its own.
    if len(parents) > 1 and content in [git.file(each, path) for each in parents]:
        return None
    at, gates = _decided(site, name, environment, change, parents[0])
    state = read_state(content, path)
    return PastDecision(site, name, environment, change.commit, tuple(parents), at, gates, state)


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
            found = Attempt.read(path, site.git.file(change.commit, path) or b"")
            if found.gates:
                return datetime.fromisoformat(found.at), found.gates
    before = f"--before={change.time}"
    listed = site.git.lines("rev-list", "-1", before, site.gates_tip) if site.gates_tip else []
    return datetime.fromtimestamp(change.time, UTC), next(iter(listed), None)
