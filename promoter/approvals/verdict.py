"""A decision about one change, and the approvals that it rests on."""

from dataclasses import dataclass
from datetime import datetime

from promoter.approvals.statement import Statement
from promoter.gate.control import Refusal


@dataclass(frozen=True)
class ApprovalStatus:
    """The approvals of one change: how many are needed and given, by whom, and what is missing.

    ``eligible`` are the people who may approve it, ``barred`` those who may not because they
    wrote it, ``unknown`` the authors whom the teams file lacks, and ``ahead`` the votes that are
    dated in the future. ``until`` is the time at which the first approval that counts expires.
    """

    needed: int
    given: tuple[Statement, ...] = ()
    rejected: tuple[Statement, ...] = ()
    missing_teams: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    ahead: tuple[Statement, ...] = ()
    impossible: str = ""
    until: datetime | None = None

    @property
    def complete(self) -> bool:
        """True if the change is approved."""
        enough = len(self.given) >= self.needed and not self.missing_teams
        return enough and not self.rejected and not self.unknown

    def __str__(self) -> str:
        """Return the approvals in words."""
        by = f" ({', '.join(each.who for each in self.given)})" if self.given else ""
        parts = [f"{len(self.given)} of {self.needed} approvals{by}"]
        parts += [f"none of team {team}" for team in self.missing_teams]
        parts += [f"rejected by {each.who}: {each.reason}" for each in self.rejected]
        parts += [f"author {mail} is in no entry of cepler/teams.yml" for mail in self.unknown]
        parts += [f"not counted as authors: {', '.join(self.barred)}"] if self.barred else []
        parts += [
            f"the vote of {each.person} is dated {each.at}, in the future" for each in self.ahead
        ]
        parts += [self.impossible] if self.impossible else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Verdict:
    """The decision: allowed where there are no ``refusals``.

    ``override`` is the statement by which it is allowed, and then ``overridden`` are the reasons
    against it.
    """

    refusals: tuple[Refusal, ...]
    approvals: ApprovalStatus | None = None
    override: Statement | None = None
    overridden: tuple[Refusal, ...] = ()

    @property
    def allowed(self) -> bool:
        """True if the change may be deployed."""
        return not self.refusals
