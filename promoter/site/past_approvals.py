"""The approvals behind every record of an environment, as they counted when it was decided.

They are read by one walk of the branch and one of the gates branch: the number of git processes
does not depend on that of the records.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from promoter.approvals.approvals import ALLOWED_SIGNERS, Approvals
from promoter.approvals.authority import Case
from promoter.approvals.authors import authors
from promoter.approvals.control_files import ControlFiles
from promoter.approvals.rules_file import EnvironmentRules, TeamsFile
from promoter.approvals.rules_in_force import newest_approved, versions
from promoter.approvals.signed_records import StateChange
from promoter.approvals.statement import (
    SKEW,
    VOTES,
    SignedStatement,
    content_digest,
    read_statements,
    record_digest,
)
from promoter.common.errors import PromoterError
from promoter.gate.graph import Graph
from promoter.gate.history import History
from promoter.gate.state import EnvironmentState
from promoter.gate.state_file import read_state
from promoter.git.signing import Signature, read_signatures
from promoter.site.approved import VerifiedApproval, votes_of
from promoter.site.gates_line import GatesLine
from promoter.site.past import past_decision
from promoter.site.site import Site
from promoter.site.timeline import RecordedDeployment, Timeline


@dataclass(frozen=True)
class RecordApprovals:
    """The votes on what one record has; ``problem`` says why they cannot be decided again."""

    votes: tuple[VerifiedApproval, ...] = ()
    problem: str = ""

    @property
    def counting(self) -> tuple[VerifiedApproval, ...]:
        """The votes that decided."""
        return tuple(each for each in self.votes if each.counts)


PastApprovals = Mapping[str, RecordApprovals]
"""The approvals of each record, by its commit."""


def past_approvals(site: Site, timeline: Timeline) -> PastApprovals:
    """Return the votes on what each record of ``timeline`` has; without any, who set its gate.

    A record with an override, one that a merge made, and every record where the gates branch has
    merges is decided on its own.
    """
    found: dict[str, RecordApprovals] = {}
    unvoted: dict[str, _Gate] = {}
    with History(site.git) as history:
        reader = _DecidingFacts(site, history, timeline.deployment, timeline.environment)
        for record in timeline.records:
            try:
                result = reader.approvals(record) if record.state else ()
                if isinstance(result, _Gate):
                    unvoted[record.commit] = result
                else:
                    found[record.commit] = RecordApprovals(result)
            except PromoterError as error:
                found[record.commit] = RecordApprovals(problem=str(error))
    return {**found, **_signed(site, unvoted)}


class _Gate(NamedTuple):
    """The commit that set a gate, and the allowed signers of the time at which it counted."""

    commit: str
    allowed: bytes


class _DecidingFacts:
    """Reads what decided about the records of one environment, each fact once."""

    def __init__(self, site: Site, history: History, deployment: str, environment: str) -> None:
        self._site = site
        self._history = history
        self._deployment = site.deployments[deployment]
        history.expect(self._deployment.folders())
        self._environment = environment
        self._in_force: dict[object, ControlFiles | None] = {}

    def approvals(self, record: RecordedDeployment) -> tuple[VerifiedApproval, ...] | _Gate:
        """Return the votes on what ``record`` has, or the commit that set its gate."""
        line, parents = self._line, self._graph.node(record.commit).parents
        known = self._versions_at(record.parent) if len(parents) == 1 else None
        if line is None or known is None:
            return decided_alone(self._site, record)
        at, gates = _decided(record, line)
        if gates is None:
            return ()
        if not line.has(gates):
            return decided_alone(self._site, record)
        signed = [each for each in self._signed if line.precedes(each.statement.added_by, gates)]
        votes = self._votes_on(record, signed)
        if any(each.statement.kind == "override" for each in votes):
            return decided_alone(self._site, record)
        if votes:
            files = self._files_at(known, signed, at)
            return votes_of(self._case(record, files, votes, at), at)
        setter = line.setter(gates, self._environment)
        return _Gate(setter, self._file(record.parent, ALLOWED_SIGNERS)) if setter else ()

    def _votes_on(
        self, record: RecordedDeployment, signed: Sequence[SignedStatement]
    ) -> list[SignedStatement]:
        """Return those of ``signed`` that are votes on exactly what ``record`` changed."""
        named = (record.environment, *self._digests(record))
        return [
            each
            for each in signed
            if (each.statement.environment, each.statement.runs, each.statement.would) == named
            and self._has(record.parent, each.statement.commit)
        ]

    def _case(
        self,
        record: RecordedDeployment,
        files: ControlFiles | None,
        votes: Sequence[SignedStatement],
        at: datetime,
    ) -> Case:
        """Return what decided about the approvals; soaks and windows had no part in them."""
        runs, would = self._digests(record)
        found = files.rules.environments if files else {}
        rules = found.get(record.environment, EnvironmentRules())
        teams = files.teams if files else None
        signers = files.signers if files else self._file(record.parent, ALLOWED_SIGNERS)
        excludes = rules.approval is not None and rules.approval.exclude_authors
        return Case(
            deployment=record.deployment,
            environment=record.environment,
            runs=runs,
            would=would,
            rules=rules,
            rules_digest=files.rules_digest if files else "",
            teams=teams or TeamsFile(),
            statements=tuple(each.by(teams, signers, at) for each in votes),
            authors=self._authors(record) if excludes else frozenset(),
        )

    def _digests(self, record: RecordedDeployment) -> tuple[str, str]:
        """Return what ran and what would run, as votes name them."""
        would = content_digest(record.state.current) if record.state else ""
        return record_digest(self._recorded(record)), would

    def _recorded(self, record: RecordedDeployment) -> EnvironmentState | None:
        """Return the record before ``record``, as its parent has it."""
        path = self._deployment.state_path(record.environment)
        found = self._history.file(record.parent, path)
        return read_state(found.content, path) if found else None

    def _authors(self, record: RecordedDeployment) -> frozenset[str]:
        git, recorded = self._site.git, self._recorded(record)
        return (
            authors(git, recorded, record.state.current, self._history)
            if record.state
            else frozenset()
        )

    def _file(self, commit: str, path: str) -> bytes:
        found = self._history.file(commit, path)
        return found.content if found else b""

    def _files_at(
        self, known: Sequence[ControlFiles], signed: Sequence[SignedStatement], at: datetime
    ) -> ControlFiles | None:
        """Return the control files that counted ``at`` a time, of those that were ``known``."""
        votes = tuple(
            each
            for each in signed
            if each.is_about_rules_of(self._deployment.name)
            and (each.statement.kind != "approve" or each.statement.given <= at + SKEW)
        )
        key = (len(known), votes)
        if key not in self._in_force:
            self._in_force[key] = newest_approved(known, votes)
        return self._in_force[key]

    def _versions_at(self, commit: str) -> list[ControlFiles] | None:
        """Return the versions of the control files up to ``commit``, the oldest first.

        None where merges leave their order open.
        """
        known = [each for each in self._versions if self._has(commit, each.commit)]
        ordered = all(self._has(other.commit, one.commit) for one, other in pairwise(known))
        return known if ordered else None

    @cached_property
    def _versions(self) -> tuple[ControlFiles, ...]:
        found = tuple(versions(self._deployment))
        if found:
            name = self._deployment.name
            self._site.git.require_full_history(f"read the rules of {name}")
        return found

    @cached_property
    def _signed(self) -> tuple[SignedStatement, ...]:
        """Every vote about the deployment in the history of the gates branch."""
        tip, folder = self._site.gates_tip, f"{VOTES}/{self._deployment.name}"
        return read_statements(self._site.git, tip, folder) if tip else ()

    @cached_property
    def _line(self) -> GatesLine | None:
        return GatesLine.read(self._history, self._site.gates_tip, self._deployment.name)

    @cached_property
    def _graph(self) -> Graph:
        return self._history.ordered(self._site.tip)

    def _has(self, commit: str, marked: str) -> bool:
        """Return whether ``commit`` has ``marked``, which control files or votes name."""
        return bool(self._masks[commit] & self._bits.get(marked, 0))

    @cached_property
    def _bits(self) -> Mapping[str, int]:
        """A bit for each commit of control files, and for each that a vote names."""
        named = [each.commit for each in self._versions]
        named += [each.statement.commit for each in self._signed]
        return {commit: 1 << place for place, commit in enumerate(dict.fromkeys(named))}

    @cached_property
    def _masks(self) -> Mapping[str, int]:
        """The bits of what each commit of the branch has, itself included."""
        found: dict[str, int] = {}
        for commit in reversed([*self._graph.after(self._site.tip)]):
            own = [found[each] for each in self._graph.node(commit).parents]
            found[commit] = reduce(or_, own, self._bits.get(commit, 0))
        return found


def decided_alone(site: Site, record: RecordedDeployment) -> tuple[VerifiedApproval, ...]:
    """Return the approvals of ``record``, which are read for it alone."""
    time = int(datetime.fromisoformat(record.at).timestamp())
    past = past_decision(site, record.environment, StateChange(record.commit, time))
    if past is None or past.gates is None:
        return ()
    votes = votes_of(past.case(), past.at)
    if votes:
        return votes
    approvals = Approvals(site.git, site.remote, past.parents[0], past.gates)
    found = approvals.gate(record.deployment, record.environment)
    if found is None:
        return ()
    return (VerifiedApproval("approve", found.approved_by, found.commit, found.at, found.reason),)


def _decided(record: RecordedDeployment, line: GatesLine) -> tuple[datetime, str | None]:
    """Return when ``record`` was decided, and by which commit of the gates branch.

    As its evidence says, else as the times of commits do.
    """
    attempt, recorded = record.attempt, datetime.fromisoformat(record.at)
    if attempt and attempt.gates:
        return datetime.fromisoformat(attempt.at), attempt.gates
    return recorded, line.at(int(recorded.timestamp()))


def _signed(site: Site, gates: Mapping[str, _Gate]) -> PastApprovals:
    """Return the approval by which each of ``gates`` was set, by the record's commit."""
    commits: dict[bytes, set[str]] = defaultdict(set)
    for gate in gates.values():
        commits[gate.allowed].add(gate.commit)
    read = {
        (commit, allowed): signature
        for allowed, own in commits.items()
        for commit, signature in read_signatures(site.git, own, allowed).items()
    }
    return {
        record: RecordApprovals((_approval(gate.commit, read[gate.commit, gate.allowed]),))
        for record, gate in gates.items()
    }


def _approval(commit: str, found: Signature) -> VerifiedApproval:
    return VerifiedApproval("approve", found.signer, commit, found.at, found.reason)
