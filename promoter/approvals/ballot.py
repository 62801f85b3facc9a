"""Votes, overrides and stops: signed, and pushed to the gates branch in a commit of their own.

The gate's entry moves in the commit of the vote that completes the count, so cepler alone cannot
clear a change before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from promoter.approvals.approvals import Approvals, Special, gates_file
from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.control import GitControl
from promoter.approvals.control_files import ControlFiles
from promoter.approvals.keys import unknown_key
from promoter.approvals.rules_file import EnvironmentRules
from promoter.approvals.rules_in_force import proposed
from promoter.approvals.statement import WEB, Kind, SignedStatement, Statement
from promoter.approvals.verdict import ApprovalStatus
from promoter.common.errors import NotCleared, NothingNewer, UsageError
from promoter.gate.deployment import Deployment
from promoter.gate.gates import BRANCH, with_gate
from promoter.gate.state import DeployState, EnvironmentState
from promoter.git.ledger import Entry, Ledger
from promoter.git.signing import can_sign, sign_file

_PAST: Mapping[Kind, str] = {
    "approve": "approved",
    "reject": "rejected",
    "override": "overridden",
    "stop": "stopped",
    "resume": "resumed",
}


@dataclass(frozen=True)
class CastVote:
    """A statement that was pushed in ``commit``, and the approvals with it (None for a stop)."""

    statement: Statement
    commit: str
    approvals: ApprovalStatus | None = None

    def __str__(self) -> str:
        """Return the result in words."""
        made = self.statement
        about = made.environment or made.deployment or "every environment"
        status = f": {self.approvals}" if self.approvals else ""
        return f"{_PAST[made.kind]} {about} by {made.who}{status}"


Accepted = tuple[CastVote, Mapping[str, bytes]]
"""A statement that counts, and the files that change with it."""


@dataclass(frozen=True)
class Ballot(ABC):
    """Something of one environment to vote on; ``commit`` is the one of main that votes name."""

    approvals: Approvals
    deployment: Deployment
    environment: str
    commit: str

    @abstractmethod
    def case(self, gates: str | None) -> Case:
        """Return what decides about it with the votes in the commit ``gates``."""

    def completed(self, gates: str | None) -> Mapping[str, bytes]:  # noqa: ARG002
        """Return the files that change with the vote that completes the count."""
        return {}

    def cast(
        self, kind: Kind, reason: str, lasts: timedelta | None = None, *, subject: str = ""
    ) -> CastVote:
        """Sign and push a vote; raises `UsageError` for one that would not count.

        ``lasts`` is for how long it counts, by default as long as the rules allow. With
        ``subject`` the page votes for the person who signed in as that.
        """
        case = self.case(self.approvals.tip)
        if kind == "override" and case.in_ci:
            raise NotCleared(
                f"override {self.environment}: overrides are for people, and CI is set",
                next_step="run the command on a machine of your own",
            )
        rule = case.rules.override if kind == "override" else case.rules.approval
        longest = rule.expires if rule else None
        if lasts and longest and lasts > longest:
            raise UsageError(f"{kind} {self.environment}: it counts for at most {longest}")
        lasts = lasts or longest
        vote = statement(
            kind,
            reason,
            lasts,
            deployment=case.deployment,
            environment=case.environment,
            runs=case.runs,
            would=case.would,
            commit=self.commit,
            rules=case.rules_digest,
            via=WEB if subject else "",
            subject=subject,
        )
        return submit(self.approvals, vote, self._accepted)

    def _accepted(self, signed: SignedStatement, tip: str | None) -> Accepted:
        """Return the vote on top of ``tip``, and what changes where it completes the count."""
        what = f"{signed.statement.kind} {self.environment}"
        case, cast = self.case(tip), verified(GitControl(self.deployment, tip), signed, what)
        _require_counting(case, cast)
        authority = DeployAuthority(replace(case, statements=(*case.statements, cast)))
        status = authority.approvals(cast.given)
        if cast.kind != "override" and cast not in (*status.given, *status.rejected):
            raise _ignored(cast, case, what)
        done = CastVote(cast, "", status)
        return done, self.completed(tip) if authority.clears(cast) else {}


@dataclass(frozen=True)
class ChangeBallot(Ballot):
    """A change of ``recorded`` into ``would``, which a gate at ``commit`` clears."""

    recorded: EnvironmentState | None
    would: DeployState

    def case(self, gates: str | None) -> Case:
        """Return what decides about the change."""
        control = GitControl(self.deployment, gates)
        return control.case(self.environment, self.recorded, self.would)

    def completed(self, gates: str | None) -> Mapping[str, bytes]:
        """Return the gates file with the environment's gate at ``commit``."""
        text = replace(self.approvals, tip=gates).gates_text(self.deployment.name)
        changed = with_gate(text, self.environment, self.commit)
        return {gates_file(self.deployment.name): changed.encode()}


@dataclass(frozen=True)
class SpecialBallot(Ballot):
    """One plan that deletes something stateful, or a destroy of what one commit recorded."""

    kind: Special
    id_: str

    def case(self, gates: str | None) -> Case:
        """Return what decides about it; ``id_`` is the plan's digest, or the record's commit."""
        control = GitControl(self.deployment, gates)
        return control.special_case(self.environment, self.kind, self.id_)


def _require_counting(case: Case, vote: Statement) -> None:
    """Raise where ``vote`` would not count, or where it repeats the one before."""
    rule = case.rules.override if vote.kind == "override" else case.rules.approval
    name = case.environment or case.deployment
    what = f"{vote.kind} {name}"
    if rule is None:
        kind = "override" if vote.kind == "override" else "approval"
        raise UsageError(
            f"{what}: it has no {kind} rules",
            next_step=f"add `{kind}` for {name} to cepler/{case.deployment}.rules.yml",
        )
    require_way(case.rules, vote, what)
    if vote.person not in case.teams.members(rule.from_):
        raise UsageError(
            f"{what}: {vote.person} is in none of the teams {', '.join(rule.from_)}",
            next_step="ask one of their members",
        )
    status = DeployAuthority(case).approvals(vote.given)
    if vote.kind != "override" and vote.person in status.barred:
        raise UsageError(
            f"{what}: {vote.person} wrote a part of it, so the vote would not count",
            next_step=f"ask one of {', '.join(status.eligible) or 'nobody: add people to a team'}",
        )
    newest = {"approve": status.given, "reject": status.rejected}.get(vote.kind, ())
    if any(each.person == vote.person for each in newest):
        raise NothingNewer(f"{what}: {vote.person} has voted so already")


def _ignored(vote: Statement, case: Case, what: str) -> UsageError:
    """Return the error for a vote that another one of the same person keeps from counting."""
    own = (each for each in case.statements if each.person == vote.person and not each.via)
    if vote.via and any(own):
        return UsageError(
            f"{what}: {vote.person} has voted with a key, and a vote via {vote.via} does not "
            "replace that",
            next_step="run the command with your own key",
        )
    return UsageError(
        f"{what}: {vote.person} has a vote that is dated later, so this one does not count",
        next_step="correct the clock of this machine, or of that one, and vote again then",
    )


@dataclass(frozen=True)
class RulesBallot:
    """A vote on the control files of ``deployment`` at its tip."""

    approvals: Approvals
    deployment: Deployment

    def files(self) -> tuple[ControlFiles, ControlFiles]:
        """Return the control files that count, and those at the tip.

        Raises `NothingNewer` where both are the same, `InvalidFile` where the new ones are wrong.
        """
        control = GitControl(self.deployment, self.approvals.tip)
        before, after = control.in_force, proposed(self.deployment)
        if before is None or before.digest == after.digest:
            name = self.deployment.name
            raise NothingNewer(f"approve the rules of {name}: those of main count already")
        _ = after.rules
        return before, after

    def cast(self, kind: Kind, reason: str, lasts: timedelta | None = None) -> CastVote:
        """Sign and push a vote; raises `UsageError` for one that would not count."""
        before, after = self.files()
        vote = statement(
            kind,
            reason,
            lasts,
            deployment=self.deployment.name,
            runs=before.digest,
            would=after.digest,
            commit=after.commit,
            rules=before.rules_digest,
        )

        def accepted(signed: SignedStatement, tip: str | None) -> Accepted:
            control = GitControl(self.deployment, tip)
            cast = verified(control, signed, f"{kind} {self.deployment.name}")
            for case in before.cases(after, control.signed):
                _require_counting(case, cast)
            return CastVote(cast, "", before.approvals(after, (*control.signed, signed))), {}

        return submit(self.approvals, vote, accepted)


def verified(control: GitControl, signed: SignedStatement, what: str) -> Statement:
    """Return the statement with its person; raise `UsageError` where nobody listed signed it."""
    made = control.verified(signed)
    if made.person is None and made.via:
        raise UsageError(
            f"{what}: {made.subject} is the subject of nobody in cepler/teams.yml, or the key of "
            "the page is not one of its `servers`",
            next_step="have both added to cepler/teams.yml, or run the command with your own key",
        )
    if made.person is None:
        name = control.deployment.name
        raise unknown_key(signed, what, control.signers, control.teams, name)
    return made


def require_way(rules: EnvironmentRules, made: Statement, what: str) -> None:
    """Raise `UsageError` where ``rules`` do not let ``made`` count by the way that it came."""
    if made.via and (made.via not in rules.via or made.kind == "override"):
        raise UsageError(
            f"{what}: its rules do not count what is signed via {made.via}",
            next_step="run the command with your own key",
        )


def statement(kind: Kind, reason: str, lasts: timedelta | None = None, **named: str) -> Statement:
    """Return a statement of now that counts for ``lasts``, or until it is revoked."""
    now = datetime.now(UTC)
    ends = (now + lasts).isoformat() if lasts else ""
    return Statement(kind=kind, reason=reason, at=now.isoformat(), expires=ends, **named)


def submit(
    approvals: Approvals,
    made: Statement,
    accepted: Callable[[SignedStatement, str | None], Accepted],
) -> CastVote:
    """Sign ``made`` and push it with the files that ``accepted`` returns for the branch's tip.

    ``accepted`` raises where the statement would not count on that tip.
    """
    content = made.content()
    signed = SignedStatement(made, content, sign_file(approvals.git, content))
    found: list[CastVote] = []

    def entry(tip: str | None) -> Entry:
        done, files = accepted(signed, tip)
        found[:] = [done]
        own = {signed.path: content, f"{signed.path}.sig": signed.signature}
        return Entry({**own, **files}, _message(done.statement), sign=can_sign(approvals.git))

    commit = Ledger(approvals.git, approvals.remote, BRANCH).append(entry)
    return replace(found[0], commit=commit)


def _message(made: Statement) -> str:
    about = made.environment or made.deployment or "everything"
    clears = made.would.replace("-", " ") if "-" in made.would else f"up to {made.commit}"
    return f"{made.kind}({about}): {clears if made.would else made.kind}\n\nReason: {made.reason}\n"
