"""The class that decides, against an independent model written from the rules' description."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promoter.approvals.authority import Case, DeployAuthority, Soak
from promoter.approvals.rules_file import DenyWindow, EnvironmentRules, TeamsFile
from promoter.approvals.statement import Kind, Statement
from tests.examples import examples

START = datetime(2026, 3, 6, 12, tzinfo=UTC)  # two days before clocks change in New York
AUTUMN = timedelta(weeks=34)  # from there to two days before they change back
PEOPLE = ("ann", "bob", "cy", "dee", "eve")
TEAMS = TeamsFile.model_validate(
    {
        "people": {name: {"mail": [f"{name}@bank.example"], "keys": [name]} for name in PEOPLE},
        "teams": {"release": ["ann", "bob"], "risk": ["cy"], "incident": ["dee"]},
        "bots": ["bot@bank.example"],
    }
)
HOURS = st.integers(0, 200).map(lambda hours: START + timedelta(hours=hours))

rules_ = st.fixed_dictionaries(
    {},
    optional={
        "approval": st.builds(
            lambda count, required, authors, expires: {
                "count": count,
                "from": ["release", "risk"],
                "required": required,
                "exclude_authors": authors,
                **({"expires": f"{expires}h"} if expires else {}),
            },
            st.integers(1, 4),
            st.sampled_from([[], ["risk"]]),
            st.booleans(),
            st.sampled_from([0, 24, 72]),
        ),
        "windows": st.builds(
            lambda days, begin, zone, deny: {
                "allow": [{"days": days, "from": begin, "to": "17:30", "zone": zone}],
                "deny": [
                    {"from": "2026-03-09", "to": f"2026-03-1{deny}", "zone": zone, "reason": "x"}
                ],
            },
            st.sampled_from(["mon-thu", "sat,sun", "fri-mon"]),
            st.sampled_from(["00:00", "02:30", "09:00"]),
            st.sampled_from(["UTC", "America/New_York", "America/Guatemala"]),
            st.integers(0, 3),
        ),
        "soak": st.sampled_from(["1h", "24h"]),
        "override": st.just({"count": 1, "from": ["incident"], "expires": "2h"}),
        "via": st.just(["web"]),
    },
)
ways = st.sampled_from(["", "", "web"])
"""By a key of one's own, or via the page."""

votes = st.builds(
    lambda kind, person, at, runs, would, rules, environment, ends, via: Statement(
        kind=kind,
        deployment="app",
        environment=environment,
        runs=runs,
        would=would,
        rules=rules,
        reason="x",
        at=at.isoformat(),
        expires=ends.isoformat() if ends else "",
        person=person,
        via=via,
    ),
    st.sampled_from(["approve"] * 4 + ["reject", "override"]),
    st.sampled_from([*PEOPLE, None, "mallory"]),
    HOURS,
    st.sampled_from(["a", "a", "a", "replayed"]),
    st.sampled_from(["b", "b", "b", "other"]),
    st.sampled_from(["r", "r", "r", "weaker"]),
    st.sampled_from(["production", "production", "production", "qa", ""]),
    st.none() | HOURS,
    ways,
)
stops = st.builds(
    lambda kind, person, at, scope, via: Statement(
        kind=kind, reason="x", at=at.isoformat(), person=person, via=via, **scope
    ),
    st.sampled_from(["stop", "resume", "resume"]),
    st.sampled_from(["ann", "eve", None]),
    HOURS,
    st.sampled_from(
        [
            {},
            {"deployment": "app"},
            {"deployment": "app", "environment": "production"},
            {"deployment": "app", "environment": "qa"},
            {"deployment": "other"},
        ]
    ),
    ways,
)
soaks = st.lists(
    st.tuples(HOURS, st.none() | HOURS).filter(lambda pair: not pair[1] or pair[0] < pair[1]),
    max_size=2,
)
cases = st.builds(
    lambda rules, cast, stopped, authors, gated, soaked, ci: Case(
        deployment="app",
        environment="production",
        runs="a",
        would="b",
        gated=gated,
        rules=EnvironmentRules.model_validate(rules),
        rules_digest="r",
        teams=TEAMS,
        statements=(*cast, *stopped),
        authors=frozenset(authors),
        soaks=tuple(soaked),
        in_ci=ci,
    ),
    rules_,
    st.lists(votes, max_size=8),
    st.lists(stops, max_size=2),
    st.lists(
        st.sampled_from(["ann@bank.example", "bot@bank.example", "who@where.example"]),
        max_size=1,
    ),
    st.sampled_from([True, True, True, False]),
    soaks,
    st.booleans(),
)


class Model:
    """Decides anew by the text of the rules, one question at a time and without their code."""

    def __init__(self, case: Case, runs: str = "a", would: str = "b") -> None:
        self.case, self.subject = case, (runs, would, case.rules_digest)
        self.page_counts = "web" in case.rules.via

    def allowed(self, now: datetime) -> bool:
        if self.overridden(now):
            return True
        ok = not self.stopped(now) and self.open(now) and self.soaked(now)
        return ok and self.approved(now)

    def cast(
        self,
        now: datetime,
        kinds: tuple[str, ...],
        limit: timedelta | None,
        people: Collection[str] = PEOPLE,
    ) -> list[Statement]:
        found, lapsed = [], {}
        for number, vote in enumerate(self.case.statements):
            at = datetime.fromisoformat(vote.at)
            stated = datetime.fromisoformat(vote.expires) if vote.expires else None
            if (
                vote.kind in kinds
                and vote.person in people
                and (vote.deployment, vote.environment) == ("app", "production")
                and (vote.runs, vote.would, vote.rules) == self.subject
                and at <= now + timedelta(minutes=5)
                and (not vote.via or (self.page_counts and vote.kind != "override"))
            ):
                # Whatever the page signed comes before everything that a key of one's own did.
                found.append((not vote.via, at, vote.kind == "reject", number, vote))
                lapsed[number] = (stated is not None and now >= stated) or (
                    limit is not None and now >= at + limit
                )
        # A person's newest vote, and no older one where that has lapsed.
        last = {
            vote.person: (number, vote)
            for *_, number, vote in sorted(found, key=lambda each: each[:4])
        }
        return [vote for number, vote in last.values() if not lapsed[number]]

    def approved(self, now: datetime) -> bool:
        rule = self.case.rules.approval
        if rule is None:
            return True
        if not self.case.gated:
            return False
        voters = {"ann", "bob", "cy"}
        if rule.exclude_authors:
            for mail in self.case.authors:
                if mail == "who@where.example":
                    return False
                voters.discard(mail.partition("@")[0])
        last = self.cast(now, ("approve", "reject"), rule.expires, voters)
        if any(vote.kind == "reject" for vote in last):
            return False
        people = {vote.person for vote in last}
        return len(people) >= rule.count and ("risk" not in rule.required or "cy" in people)

    def overridden(self, now: datetime) -> bool:
        rule = self.case.rules.override
        if rule is None or self.case.in_ci:
            return False
        return bool(self.cast(now, ("override",), rule.expires, {"dee"}))

    def stopped(self, now: datetime) -> bool:
        given = [
            each
            for each in self.case.statements
            if each.person and (not each.via or self.page_counts)
        ]
        for number, stop in enumerate(given):
            scope = (stop.deployment, stop.environment)
            if stop.kind != "stop" or scope not in (("", ""), ("app", ""), ("app", "production")):
                continue
            wider = {("", ""), (stop.deployment, ""), scope}
            if not any(
                each.kind == "resume"
                and datetime.fromisoformat(each.at) <= now + timedelta(minutes=5)
                and each.at >= stop.at
                and (each.deployment, each.environment) in wider
                and not (each.via and not stop.via)
                for each in given[number + 1 :]
            ):
                return True
        return False

    def open(self, now: datetime) -> bool:
        if self.case.rules.windows is None:
            return True
        (allow,), (deny,) = self.case.rules.windows.allow, self.case.rules.windows.deny
        zone = ZoneInfo(allow.zone)
        begin, end = (day.replace(tzinfo=zone).timestamp() for day in (deny.from_, deny.to))
        if begin <= now.timestamp() < end:
            return False
        local = now.astimezone(zone)
        days = {"mon-thu": "1234", "sat,sun": "67", "fri-mon": "5671"}[allow.days]
        minutes = local.hour * 60 + local.minute
        hour, minute = map(int, allow.from_.split(":"))
        return str(local.isoweekday()) in days and hour * 60 + minute <= minutes < 17 * 60 + 30

    def soaked(self, now: datetime) -> bool:
        soak = self.case.rules.soak
        if soak is None:
            return True
        return any(
            (until is None or until - since >= soak) and now - since >= soak
            for since, until in self.case.soaks
        )


def moved(case: Case, by: timedelta) -> Case:
    """Return the same case at another time of the year."""

    def text(time: str) -> str:
        return (datetime.fromisoformat(time) + by).isoformat() if time else ""

    def window(found: DenyWindow) -> DenyWindow:
        return found.model_copy(update={"from_": found.from_ + by, "to": found.to + by})

    statements = (
        replace(each, at=text(each.at), expires=text(each.expires)) for each in case.statements
    )
    soaked = ((since + by, until and until + by) for since, until in case.soaks)
    rules, windows = case.rules, case.rules.windows
    if windows:
        changed = windows.model_copy(update={"deny": tuple(map(window, windows.deny))})
        rules = rules.model_copy(update={"windows": changed})
    return replace(case, statements=tuple(statements), soaks=tuple(soaked), rules=rules)


@pytest.mark.slow
@settings(max_examples=examples(2000), deadline=None, suppress_health_check=list(HealthCheck))
@given(cases, HOURS, st.sampled_from([timedelta(), AUTUMN]))
def test_the_decision_is_that_of_an_independent_model_in_spring_and_autumn(
    case: Case, now: datetime, season: timedelta
) -> None:
    case, now = moved(case, season), now + season
    # A stop of a signature that nobody has, and votes of strangers, never get a person.
    verified = tuple(
        replace(each, person=None) if each.person == "mallory" else each for each in case.statements
    )
    case = replace(case, statements=verified)
    verdict = DeployAuthority(case).verdict(now)
    assert verdict.allowed is Model(case).allowed(now), verdict
    opens = DeployAuthority(case).opens(now)
    if verdict.allowed:
        assert opens == now
        return
    end = opens or START + season + timedelta(hours=400)
    if opens is not None:
        assert Model(case).allowed(opens), (opens, verdict)
    for number in range(6):  # it is the earliest: nothing is allowed on the way
        between = now + (end - now) * number / 6
        assert not Model(case).allowed(between), (between, opens, verdict)


def vote(person: str, kind: Kind = "approve", at: datetime = START, **named: str) -> Statement:
    stated = {"deployment": "app", "environment": "production", "runs": "a", "would": "b"}
    facts = {**stated, "rules": "r", "reason": "fine", **named}
    return Statement(kind=kind, person=person, at=at.isoformat(), **facts)


def case(*statements: Statement, **rules: object) -> Case:
    approval = {"count": 2, "from": ["release", "risk"], "required": ["risk"], **rules}
    return Case(
        deployment="app",
        environment="production",
        runs="a",
        would="b",
        rules=EnvironmentRules.model_validate({"approval": approval}),
        rules_digest="r",
        teams=TEAMS,
        statements=statements,
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (case(), "0 of 2 approvals, none of team risk"),
        (case(vote("ann"), vote("ann")), "1 of 2 approvals (ann), none of team risk"),
        (case(vote("ann"), vote("bob")), "2 of 2 approvals (ann, bob), none of team risk"),
        (case(vote("ann"), vote("cy", "reject")), "rejected by cy: fine"),
        (case(count=4), "only 3 people may approve it, 4 are required"),
        (
            replace(case(exclude_authors=True), authors=frozenset({"x@y"})),
            "author x@y is in no entry of cepler/teams.yml",
        ),
        (
            replace(case(exclude_authors=True), authors=frozenset({"cy@bank.example"})),
            "not counted as authors: cy, nobody of team risk may approve it",
        ),
        (
            case(vote("cy", at=START + timedelta(hours=3))),
            "the vote of cy is dated 2026-03-06T15:00:00+00:00, in the future",
        ),
    ],
)
def test_the_refusal_names_what_is_missing(found: Case, words: str) -> None:
    (refusal,) = DeployAuthority(found).verdict(START).refusals
    assert words in refusal.reason


def test_two_people_clear_it() -> None:
    verdict = DeployAuthority(case(vote("ann"), vote("cy"))).verdict(START)
    assert verdict.allowed
    assert [each.person for each in verdict.approvals.given] == ["ann", "cy"]


SOAKED: tuple[Soak, ...] = ((START, START + timedelta(hours=30)),)


def test_a_completed_soak_of_content_that_is_replaced_upstream_counts() -> None:
    rules = EnvironmentRules.model_validate({"soak": "24h"})
    now = START + timedelta(hours=40)
    assert DeployAuthority(replace(case(), rules=rules, soaks=SOAKED)).verdict(now).allowed
    longer = EnvironmentRules.model_validate({"soak": "31h"})
    authority = DeployAuthority(replace(case(), rules=longer, soaks=SOAKED))
    assert not authority.verdict(now).allowed
    assert authority.opens(now) is None


def test_approvals_that_lapse_before_the_window_opens_never_clear() -> None:
    rules = {
        "approval": {"count": 1, "from": ["release"], "expires": "1h"},
        "windows": {"allow": [{"days": "mon", "from": "09:00", "to": "10:00", "zone": "UTC"}]},
    }
    found = replace(case(vote("ann")), rules=EnvironmentRules.model_validate(rules))
    assert DeployAuthority(found).opens(START) is None
    assert DeployAuthority(found).opens(START, approved=True) == datetime(2026, 3, 9, 9, tzinfo=UTC)


def test_an_override_clears_at_once_while_the_window_is_closed() -> None:
    rules = {
        "windows": {"allow": [{"days": "sat", "from": "09:00", "to": "10:00", "zone": "UTC"}]},
        "override": {"count": 1, "from": ["incident"], "expires": "2h"},
    }
    found = replace(case(vote("dee", "override")), rules=EnvironmentRules.model_validate(rules))
    assert DeployAuthority(found).opens(START) == START
