"""The one place that decides whether a change that the gate clears may be deployed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from promoter.approvals.rules_file import ApprovalRule, EnvironmentRules, TeamsFile
from promoter.approvals.statement import SKEW, Statement, scope
from promoter.approvals.verdict import ApprovalStatus, Verdict
from promoter.approvals.windows import closed, opens
from promoter.gate.control import Refusal

Soak = tuple[datetime, datetime | None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that a decision about one environment depends on, but the time.

    ``runs`` and ``would`` are digests as a `Statement` has them. ``statements`` are all that
    anybody signed, in the order of their pushes, each with the person whose key signed it.
    ``authors`` are the mail addresses behind the change. ``soaks`` are the times (from, to) for
    which the environment before this one ran the same content (to: None while it does),
    ``record_problem`` why its record is void, ``elsewhere`` another deployment whose rules still
    count for the environment.
    """

    deployment: str
    environment: str
    runs: str
    would: str
    gated: bool = True
    rules: EnvironmentRules = field(default_factory=EnvironmentRules)
    rules_digest: str = ""
    teams: TeamsFile = field(default_factory=TeamsFile)
    statements: tuple[Statement, ...] = ()
    authors: frozenset[str] = frozenset()
    soaks: tuple[Soak, ...] = ()
    record_problem: str = ""
    elsewhere: str = ""
    in_ci: bool = False


class DeployAuthority:
    """Decides by rules alone; reads and writes nothing.

    - A statement counts only if a person whom the teams file knows signed it, from the time that
      it states on (5 minutes of clock difference aside) until it expires.
    - A stop holds every environment that it names at once, whatever the clock of its signer, until
      a resume that names at least as much, and was both pushed and dated after it.
    - An environment without rules is held by stops alone, unless the rules of another deployment
      still count for it: then nothing is allowed.
    - Where approval rules exist, the gate names a commit; ``HEAD`` is refused.
    - A vote counts for exactly what runs, what would run, and the rules file that it names.
    - Of each person the newest vote counts until it expires, if the person is in a team that may
      vote; older ones never count again.
    - With `exclude_authors` nobody votes on a change that they wrote, and an author whom the teams
      file does not know blocks it. Bots are no authors.
    - A change is approved by ``count`` people, at least one of each required team, if nobody who
      may vote rejects it.
    - A deny window beats an allow window; with an allow list, every other time is closed.
    - The environment before ran it for the whole soak, with `signed_records` by signed records.
    - What a server of the page signed for a person counts only where the rules have ``via: [web]``,
      never on a plan, a destroy, rules or as an override. It neither replaces a vote nor lifts a
      stop by a person's own key.
    - An override by enough people of its own team allows what the rules and stops refuse. It never
      counts in CI.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def verdict(self, now: datetime) -> Verdict:
        """Return the decision at ``now``."""
        approvals = self.approvals(now) if self.case.rules.approval else None
        refusals = tuple(self._refusals(now, approvals))
        override = self._override(now) if refusals else None
        if override is not None:
            return Verdict((), approvals, override, refusals)
        return Verdict(refusals, approvals)

    def opens(self, now: datetime, *, approved: bool = False) -> datetime | None:
        """Return the earliest time from ``now`` on at which it is allowed, None if it never is.

        No further vote is assumed, or with ``approved`` every one that is missing.
        """
        times = {now, *(each for each in self._moments() if each > now)}
        if windows := self.case.rules.windows:  # An override counts outside of them, too.
            times |= {opening for each in times if (opening := opens(windows, each))}
        for each in sorted(times):
            if self.verdict(each).allowed or (approved and self._free(each)):
                return each
        return None

    def _free(self, at: datetime) -> bool:
        """Return whether nothing but approvals is missing at ``at``."""
        return not any(self._refusals(at, None))

    def _moments(self) -> Iterator[datetime]:
        """Yield the times at which something but the windows changes."""
        for each in self.case.statements:
            yield from filter(None, (each.given - SKEW, self.ends(each)))
        yield from filter(None, (self._soaked_at(),))

    def approvals(self, now: datetime) -> ApprovalStatus:
        """Return the approvals of the change at ``now``, none needed without approval rules."""
        rule = self.case.rules.approval
        if rule is None:
            return ApprovalStatus(0)
        members = self.case.teams.members(rule.from_)
        authors, unknown = self._authors() if rule.exclude_authors else (frozenset(), ())
        eligible = members - authors
        newest = self._newest(now, eligible, "approve", "reject")
        given = tuple(vote for vote in newest if vote.kind == "approve")
        people = {vote.person for vote in given}
        teams = [team for team in rule.required if not people & self.case.teams.members([team])]
        return ApprovalStatus(
            rule.count,
            given,
            tuple(vote for vote in newest if vote.kind == "reject"),
            tuple(teams),
            tuple(sorted(eligible)),
            tuple(sorted(members & authors)),
            unknown,
            tuple(each for each in self._own_votes() if not self._has_begun(each, now)),
            self._impossible(rule, eligible),
            min((ends for each in given if (ends := self.ends(each))), default=None),
        )

    def clears(self, vote: Statement) -> bool:
        """Return whether ``vote``, one of the statements, completes what the gate waits for."""
        if vote.kind == "override":
            return self._override(vote.given) is not None
        return vote.kind == "approve" and self.approvals(vote.given).complete

    def stop(self, now: datetime) -> Statement | None:
        """Return the stop in effect, None if there is none."""
        case = self.case
        own = list(self._counting())
        for number, stop in enumerate(own):
            if stop.kind == "stop" and stop.covers(case.deployment, case.environment):
                lifted = (
                    each.kind == "resume"
                    and self._has_begun(each, now)
                    and each.given >= stop.given
                    and each.deployment in ("", stop.deployment)
                    and each.environment in ("", stop.environment)
                    and (stop.via or not each.via)
                    for each in own[number + 1 :]
                )
                if not any(lifted):
                    return stop
        return None

    def _refusals(self, now: datetime, approvals: ApprovalStatus | None) -> Iterator[Refusal]:
        name, rules = self.case.environment, self.case.rules
        if (stop := self.stop(now)) is not None:
            by = f"stopped by {stop.who} in {stop.added_by[:12]}: {stop.reason}"
            yield Refusal(by, f"promoter resume {scope(stop)} --reason '...'")
        if other := self.case.elsewhere:
            reason = f"the rules of deployment {other} count for it, though it was moved out"
            step = f"move it back, or remove it there and promoter approve {other} --rules"
            yield Refusal(reason, step)
        if rules.approval is not None and not self.case.gated:
            reason = "its gate is HEAD, which its approval rules refuse"
            yield Refusal(reason, f"promoter approve {name} --reason '...'")
        if approvals is not None and not approvals.complete:
            yield Refusal(str(approvals), f"promoter approve {name} --reason '...'")
        if self.case.record_problem:
            yield Refusal(self.case.record_problem, "deploy the environment before it again")
        if rules.windows and (reason := closed(rules.windows, now)):
            opening = opens(rules.windows, now)
            wait = opening.isoformat(timespec="seconds") if opening else "the rules change"
            yield Refusal(reason, f"wait until {wait}; promoter why {name} --when")
        ready = self._soaked_at()
        if rules.soak and (ready is None or now < ready):
            until = f" before {ready.isoformat(timespec='seconds')}" if ready else ""
            by = f"the environment before has not run it for {rules.soak}{until}"
            yield Refusal(by, f"promoter why {name} --when")

    def _newest(self, now: datetime, people: Collection[str], *kinds: str) -> list[Statement]:
        """Return the newest vote of each of ``people``, the oldest first, less those that expired.

        What came before a person's newest vote does not count again when that expires. Of two
        votes of one instant the rejection counts. A vote via the page never counts after one by
        the person's own key.
        """
        own = (each for each in self._own_votes() if each.kind in kinds)
        begun = (each for each in own if each.person in people and self._has_begun(each, now))
        ordered = sorted(begun, key=_weight)
        newest = {str(vote.person): vote for vote in ordered}
        ends = ((vote, self.ends(vote)) for vote in newest.values())
        lasting = (vote for vote, end in ends if end is None or now < end)
        return sorted(lasting, key=lambda vote: vote.given)

    def _own_votes(self) -> Iterator[Statement]:
        """Yield the votes of people on exactly this change, at any time."""
        case = self.case
        own = (case.deployment, case.environment, case.runs, case.would, case.rules_digest)
        for each in self._counting():
            named = (each.deployment, each.environment, each.runs, each.would, each.rules)
            is_vote = each.kind in ("approve", "reject") or (each.kind, each.via) == (
                "override",
                "",
            )
            if is_vote and named == own:
                yield each

    def _counting(self) -> Iterator[Statement]:
        """Yield the statements of known people, by their own keys or as the rules allow."""
        ways = ("", *self.case.rules.via)
        return (each for each in self.case.statements if each.person and each.via in ways)

    def ends(self, vote: Statement) -> datetime | None:
        """Return the time from which ``vote`` does not count: its own, or that of the rule."""
        kind = self.case.rules.override if vote.kind == "override" else self.case.rules.approval
        latest = vote.given + kind.expires if kind and kind.expires else None
        return min(filter(None, (vote.ends, latest)), default=None)

    def _has_begun(self, statement: Statement, now: datetime) -> bool:
        return statement.given <= now + SKEW

    def _authors(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the people who wrote the change, and the addresses of unknown ones."""
        teams = self.case.teams
        mails = {mail: teams.owner("mail", mail) for mail in self.case.authors}
        unknown = [mail for mail, person in mails.items() if not person and not teams.is_bot(mail)]
        return frozenset(filter(None, mails.values())), tuple(sorted(unknown))

    def _impossible(self, rule: ApprovalRule, eligible: frozenset[str]) -> str:
        if len(eligible) < rule.count:
            return f"only {len(eligible)} people may approve it, {rule.count} are required"
        for team in rule.required:
            if not eligible & self.case.teams.members([team]):
                return f"nobody of team {team} may approve it"
        return ""

    def _override(self, now: datetime) -> Statement | None:
        rule = self.case.rules.override
        if rule is None or self.case.in_ci:
            return None
        newest = self._newest(now, self.case.teams.members(rule.from_), "override")
        return newest[-1] if len(newest) >= rule.count else None

    def _soaked_at(self) -> datetime | None:
        """Return the time at which the soak is complete, None if no soak lasts long enough."""
        soak = self.case.rules.soak or timedelta()
        ends = ((since + soak, until) for since, until in self.case.soaks)
        return min((end for end, until in ends if until is None or end <= until), default=None)


def _weight(vote: Statement) -> tuple[bool, datetime, bool]:
    """Return what orders the votes of one person; the last one counts."""
    return not vote.via, vote.given, vote.kind == "reject"
