"""The rules of one deployment, read from git: what `DeployAuthority` decides by."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from promoter.approvals.statement import (
    SKEW,
    STOPS,
    VOTES,
    SignedStatement,
    Statement,
    content_digest,
    read_statements,
    record_digest,
    require_order,
)
from promoter.common.environment import in_ci
from promoter.gate.control import Refusal
from promoter.gate.deployment import Deployment
from promoter.gate.state import DeployState, EnvironmentState
from promoter.git.objects import is_full_id

if TYPE_CHECKING:
    from promoter.approvals.approvals import Special
    from promoter.approvals.authority import Case
    from promoter.approvals.control_files import ControlFiles
    from promoter.approvals.rules_file import EnvironmentRules, TeamsFile
    from promoter.approvals.verdict import Verdict


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class GitControl:
    """The control of ``deployment`` with the statements in the commit ``gates``, at one time.

    ``gates`` is None where the remote has no gates branch. Modules that read the rules are imported
    only where there are rules: ``promoter cepler check`` starts once a minute in every worker.
    """

    deployment: Deployment
    gates: str | None
    now: datetime = field(default_factory=_now)
    in_ci: bool = field(default_factory=lambda: in_ci(os.environ))

    def judge(
        self,
        environment: str,
        recorded: EnvironmentState | None,
        would: DeployState | None,
        *,
        gated: bool,
    ) -> tuple[Refusal, ...]:
        """Return the reasons against ``would``, or the votes that are under way without it."""
        if not self.has_rules and not self._elsewhere(environment):
            return ()
        if would is None:
            return tuple(self._pending(environment, recorded))
        return self.verdict(environment, recorded, would, gated=gated).refusals

    @property
    def has_rules(self) -> bool:
        """True if there are rules, or statements on the gates branch."""
        return self.in_force is not None or bool(self.signed)

    def verdict(
        self,
        environment: str,
        recorded: EnvironmentState | None,
        would: DeployState,
        *,
        gated: bool = True,
    ) -> Verdict:
        """Return the decision about ``would``."""
        from promoter.approvals.authority import DeployAuthority

        case = self.case(environment, recorded, would, gated=gated, unvoted=False)
        return DeployAuthority(case).verdict(self.now)

    def case(
        self,
        environment: str,
        recorded: EnvironmentState | None,
        would: DeployState,
        *,
        gated: bool = True,
        unvoted: bool = True,
    ) -> Case:
        """Return everything that decides about ``would``; raises `InvalidFile` for wrong rules.

        Without ``unvoted`` the authors are not read where nobody has voted yet.
        """
        from promoter.approvals.soak import soaks

        case = self._case(environment, record_digest(recorded), content_digest(would))
        rules = case.rules
        excludes = rules.approval is not None and rules.approval.exclude_authors
        excludes = excludes and (unvoted or any(each.would for each in case.statements))
        counts = self._counts(rules)
        return replace(
            case,
            gated=gated,
            authors=self._authors(recorded, would) if excludes else frozenset(),
            soaks=soaks(self.deployment, environment, would, counts) if rules.soak else (),
            record_problem=self._record_problem(environment, would) if rules.signed_records else "",
        )

    def _authors(self, recorded: EnvironmentState | None, would: DeployState) -> frozenset[str]:
        from promoter.approvals.authors import authors

        with self.deployment.reading() as history:
            return authors(self.deployment.git, recorded, would, history)

    def special_case(self, environment: str, kind: Special, id_: str) -> Case:
        """Return everything that decides about one plan, or a destroy, by its own identity."""
        case = self._case(environment, "", f"{kind}-{id_}")
        return replace(case, rules=case.rules.model_copy(update={"soak": None, "via": ()}))

    def _case(self, environment: str, runs: str, would: str) -> Case:
        from promoter.approvals.authority import Case
        from promoter.approvals.rules_file import TeamsFile

        return Case(
            deployment=self.deployment.name,
            environment=environment,
            runs=runs,
            would=would,
            rules=self.rules(environment),
            rules_digest=self.in_force.rules_digest if self.in_force else "",
            teams=self.teams or TeamsFile(),
            statements=tuple(self._statements(environment, runs, would)),
            elsewhere=self._elsewhere(environment),
            in_ci=self.in_ci,
        )

    def _elsewhere(self, environment: str) -> str:
        """Return another deployment whose rules count for ``environment``, "" if there is none.

        An environment does not leave its rules behind by a move to a deployment of another name.
        """
        from promoter.approvals.rules_in_force import in_force, mentions, others_with_rules

        for other in others_with_rules(self.deployment):
            if mentions(other, environment):
                files = in_force(other, self._signed_of(other.name))
                if files and environment in files.rules.environments:
                    return other.name
        return ""

    def _record_problem(self, environment: str, would: DeployState) -> str:
        """Return why the environment's record, or what it takes from another one, does not count.

        Its own has to be a deployer's as well: votes on a change of an older record would count
        again where that is put back.
        """
        from promoter.approvals.signed_records import own_record_problem, record_problem

        deployment, passed = self.deployment, self.deployment.environment(environment).passed
        git, own = deployment.git, deployment.state_path(environment)
        problem = own_record_problem(git, deployment.tip, own, self.deployers)
        if problem or passed is None:
            return problem
        path, at = deployment.state_path(passed), would.head_commit
        return record_problem(git, at, path, self.deployers)

    def _counts(self, rules: EnvironmentRules) -> Callable[[str], bool]:
        """Return the test of a record's commit: with signed records, a deployer signed it."""
        from promoter.approvals.signed_records import is_signed

        if not rules.signed_records:
            return lambda _: True
        return lambda commit: is_signed(self.deployment.git, commit, self.deployers)

    @property
    def deployers(self) -> bytes | None:
        """The list of deployers that counts, None where there are no rules."""
        return self.in_force.deployers if self.in_force else None

    def requires_signed(self, environment: str) -> bool:
        """Return whether an environment behind ``environment`` takes only signed records."""
        return any(
            config.passed == environment and self.rules(name).signed_records
            for name, config in self.deployment.environments.items()
        )

    def rules(self, environment: str) -> EnvironmentRules:
        """Return the rules that count for ``environment``, empty ones where it has none."""
        from promoter.approvals.rules_file import EnvironmentRules

        found = self.in_force.rules.environments if self.in_force else {}
        return found.get(environment, EnvironmentRules())

    @cached_property
    def in_force(self) -> ControlFiles | None:
        """The control files that count, None where there never were rules."""
        from promoter.approvals.rules_in_force import in_force

        return in_force(self.deployment, self.signed)

    @cached_property
    def signed(self) -> tuple[SignedStatement, ...]:
        """Every statement about the deployment in the history of the gates branch."""
        return self._signed_of(self.deployment.name)

    def _signed_of(self, deployment: str) -> tuple[SignedStatement, ...]:
        """Return the statements; an approval of control files counts from its time on."""
        if self.gates is None:
            return ()
        git, latest = self.deployment.git, self.now + SKEW
        found = read_statements(git, self.gates, f"{VOTES}/{deployment}", STOPS)
        require_order(
            git, self.gates, [each for each in found if each.is_about_rules_of(deployment)]
        )
        return tuple(
            each
            for each in found
            if each.statement.kind != "approve"
            or each.statement.environment
            or each.statement.given <= latest
        )

    @property
    def teams(self) -> TeamsFile | None:
        """The teams that count, None where there are no rules."""
        return self.in_force.teams if self.in_force else None

    @cached_property
    def signers(self) -> bytes:
        """The allowed signers that count."""
        from promoter.approvals.approvals import ALLOWED_SIGNERS

        if self.in_force:
            return self.in_force.signers
        return self.deployment.git.file(self.deployment.tip, ALLOWED_SIGNERS) or b""

    def verified(self, signed: SignedStatement) -> Statement:
        """Return a statement with its person: a vote counts while its key is valid.

        A stop counts if the key was valid when it was given.
        """
        lasting = signed.statement.kind in ("stop", "resume")
        at = signed.statement.given if lasting else self.now
        return signed.by(self.teams, self.signers, at)

    def _statements(self, environment: str, runs: str, would: str) -> Iterator[Statement]:
        """Yield what is signed about one change, and the stops, each with its person."""
        for each in self.signed:
            made = each.statement
            named = (made.environment, made.runs, made.would) == (environment, runs, would)
            if (named or made.kind in ("stop", "resume")) and self.is_own(made):
                yield self.verified(each)

    def is_own(self, made: Statement) -> bool:
        """Return whether it was given in this repository: it names a commit of its branch.

        A stop holds whatever it names.
        """
        git, commit = self.deployment.git, made.commit
        return made.kind == "stop" or (
            is_full_id(commit) and git.is_ancestor(commit, self.deployment.tip)
        )

    def _pending(self, environment: str, recorded: EnvironmentState | None) -> Iterator[Refusal]:
        """Yield the newest change that has votes, but not enough, as a reason to wait."""
        from promoter.approvals.authority import DeployAuthority

        runs = record_digest(recorded)
        votes = [
            each
            for each in self.signed
            if (each.statement.environment, each.statement.runs) == (environment, runs)
            and self.is_own(each.statement)
        ]
        newest_first = sorted(votes, key=lambda each: each.statement.given, reverse=True)
        people = (vote for vote in map(self.verified, newest_first) if vote.person)
        for vote in islice(people, 1):
            would = self.would(environment, vote.commit)
            if would is None or content_digest(would) != vote.would:
                return
            approvals = DeployAuthority(self.case(environment, recorded, would)).approvals(self.now)
            if approvals.given or approvals.rejected:
                step = f"promoter approve {environment} --commit {vote.commit} --reason '...'"
                yield Refusal(f"{vote.commit[:12]} has {approvals}", step)

    def would(self, environment: str, commit: str) -> DeployState | None:
        """Return what ``environment`` would run if its gate were at ``commit``, if that is new."""
        from promoter.gate.evaluator import Evaluator

        deployment = self.deployment.alone(environment)
        with deployment.reading() as history:
            return Evaluator(deployment, history).state_at(environment, commit)
