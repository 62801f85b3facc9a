"""The rules files and the teams file: who has to approve a change, and when it may run.

``cepler/<deployment>.rules.yml`` has the rules of each environment, ``cepler/teams.yml`` the people
that they name. The JSON schemas for editors are made from these models (``make generated``).
"""

import re
import zoneinfo
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NaiveDatetime,
    PositiveInt,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from promoter.common.errors import InvalidFile
from promoter.common.model import StrictModel, read_model

TEAMS = "cepler/teams.yml"
"""The path of the teams file."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_YEARS = range(2000, 3000)
_LETTER = "!-~\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
_NAME = re.compile(f"[{_LETTER}](?:[ {_LETTER}]*[{_LETTER}])?")
"""ASCII and the letters of Western Europe: none of them looks like another one."""


def parse_duration(text: Any) -> timedelta:
    """Return a duration like ``72h``; raise `ValueError` for another text."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a number with m, h or d, like 72h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        text = f"unknown time zone {name!r}, write one like America/Guatemala or UTC"
        raise ValueError(text) from error
    return name


def _distinct(name: str) -> str:
    """Return ``name``; raise `ValueError` where it may look like another one."""
    if not _NAME.fullmatch(name):
        text = f"name {name!a} may look like another; write it in ASCII or with letters like ñ"
        raise ValueError(text)
    return name


def _days(text: str) -> str:
    weekdays(text)
    return text


def weekdays(text: str) -> frozenset[int]:
    """Return the weekdays (Monday is 0) in a text like ``mon-thu`` or ``mon,wed``."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"unknown day in {text!r}, write them like mon-thu or mon,wed")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return frozenset(found)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,4}[mhd]$"}),
]
Zone = Annotated[str, AfterValidator(_zone)]
Days = Annotated[str, AfterValidator(_days)]
Moment = Annotated[NaiveDatetime, WithJsonSchema({"type": "string", "format": "date"})]
Clock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Name = Annotated[str, StringConstraints(min_length=1)]
DistinctName = Annotated[str, AfterValidator(_distinct)]
Teams = Annotated[tuple[Name, ...], Field(min_length=1)]


class AllowWindow(StrictModel, populate_by_name=True):
    """Hours of weekdays in which a change may run, ``to`` not included."""

    days: Days
    from_: Clock = Field(alias="from")
    to: Clock
    zone: Zone

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("it never opens: `to` is not after `from`; split it at midnight")
        return self


class DenyWindow(StrictModel, populate_by_name=True):
    """A time in which no change may run, ``to`` not included."""

    from_: Moment = Field(alias="from")
    to: Moment
    zone: Zone
    reason: Name

    @model_validator(mode="after")
    def _begins_first(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("`to` is not after `from`")
        if self.from_.year not in _YEARS or self.to.year not in _YEARS:
            raise ValueError(f"its years must be from {_YEARS[0]} to {_YEARS[-1]}")
        return self


class Windows(StrictModel):
    """The times at which a change may run: ``deny`` wins, and outside of ``allow`` it is closed."""

    allow: tuple[AllowWindow, ...] = ()
    deny: tuple[DenyWindow, ...] = ()


class ApprovalRule(StrictModel, populate_by_name=True):
    """The people who have to approve: ``count`` of the teams ``from``, one of each ``required``."""

    count: PositiveInt
    from_: Teams = Field(alias="from")
    required: tuple[Name, ...] = ()
    exclude_authors: bool = False
    expires: Duration | None = None

    @model_validator(mode="after")
    def _required_may_vote(self) -> Self:
        if others := sorted(set(self.required) - set(self.from_)):
            raise ValueError(f"required team {others[0]} is not in `from`")
        return self


class OverrideRule(StrictModel, populate_by_name=True):
    """The people who may override every other rule, for at most ``expires``."""

    count: PositiveInt
    from_: Teams = Field(alias="from")
    expires: Duration


class EnvironmentRules(StrictModel):
    """The rules of one environment; ``soak`` is how long the one before must have run it.

    ``via`` are the ways besides a person's own key by which votes and stops count.
    """

    approval: ApprovalRule | None = None
    windows: Windows | None = None
    soak: Duration | None = None
    override: OverrideRule | None = None
    signed_records: bool = False
    via: tuple[Literal["web"], ...] = ()

    def teams(self) -> Iterator[str]:
        """Yield every team that the rules name."""
        for rule in (self.approval, self.override):
            yield from rule.from_ if rule else ()


class RulesFile(StrictModel):
    """A rules file; an environment without an entry has no rules."""

    environments: dict[str, EnvironmentRules]


class Person(StrictModel):
    """A person: the addresses of their commits, and their names in cepler/allowed_signers.

    ``subjects`` are issuer and subject of their sign-ins to the page, with a space in between.
    """

    mail: Annotated[tuple[Name, ...], Field(min_length=1)]
    keys: tuple[Name, ...] = ()
    subjects: tuple[Name, ...] = ()


class TeamsFile(StrictModel):
    """The people, the teams that they are in, and the addresses of bots, which never vote.

    ``servers`` are the names in cepler/allowed_signers of the keys that servers of the page have.
    """

    people: dict[DistinctName, Person] = Field(default_factory=dict)
    teams: dict[DistinctName, tuple[Name, ...]] = Field(default_factory=dict)
    bots: tuple[Name, ...] = ()
    servers: frozenset[Name] = frozenset()

    @model_validator(mode="after")
    def _distinct_people(self) -> Self:
        seen: dict[str, str] = {}
        for name in self.people:
            if (other := seen.setdefault(name.lower(), name)) != name:
                raise ValueError(f"the names {other} and {name} differ in case alone")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for team, members in self.teams.items():
            if unknown := sorted(set(members) - self.people.keys()):
                raise ValueError(f"team {team} has {unknown[0]}, who is not in `people`")
        for kind in ("mail", "keys", "subjects"):
            seen: dict[str, str] = {}
            for name, person in self.people.items():
                for each in getattr(person, kind):
                    if seen.setdefault(each.lower(), name) != name:
                        raise ValueError(f"{each} belongs to both {seen[each.lower()]} and {name}")
        for server in sorted(self.servers):
            if (owner := self.owner("keys", server)) is not None:
                raise ValueError(f"{server} is a server, and a key of {owner}")
        return self

    def members(self, teams: Collection[str]) -> frozenset[str]:
        """Return the people of ``teams``."""
        return frozenset(name for team in teams for name in self.teams.get(team, ()))

    def owner(self, kind: Literal["mail", "keys", "subjects"], value: str) -> str | None:
        """Return the person who has the address, key or subject ``value``, None if nobody has it.

        Subjects are case-sensitive.
        """
        folded = str if kind == "subjects" else str.lower
        for name, person in self.people.items():
            if folded(value) in map(folded, getattr(person, kind)):
                return name
        return None

    def is_bot(self, mail: str) -> bool:
        """Return whether ``mail`` is the address of a bot."""
        return mail.lower() in map(str.lower, self.bots)


def read_rules(
    content: bytes, file: str, teams: TeamsFile, environments: Collection[str]
) -> RulesFile:
    """Return the rules; raise `InvalidFile`, also for an unknown environment or team."""
    found = read_model(RulesFile, content, file)
    for name, rules in found.environments.items():
        if name not in environments:
            known = ", ".join(environments) or "none"
            raise InvalidFile(
                file, f"environment {name}", "no such environment", next_step=f"one of: {known}"
            )
        for team in rules.teams():
            if team not in teams.teams:
                raise InvalidFile(
                    file,
                    f"environment {name}",
                    f"unknown team {team}",
                    next_step=f"add {team} to `teams` in {TEAMS}",
                )
    return found


def read_teams(content: bytes) -> TeamsFile:
    """Return the teams file; raise `InvalidFile`."""
    return read_model(TeamsFile, content, TEAMS)


def deny_span(window: DenyWindow) -> tuple[datetime, datetime]:
    """Return begin and end of ``window``, both with its zone.

    Of a time that comes twice, or never, as clocks change, it is the reading that denies more.
    """
    zone = zoneinfo.ZoneInfo(window.zone)
    begins, ends = (
        [moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        for moment in (window.from_, window.to)
    )
    return min(begins, key=datetime.timestamp), max(ends, key=datetime.timestamp)
