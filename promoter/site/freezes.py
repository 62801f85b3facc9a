"""Freezes and stops of whole environments: from when, until when, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from promoter.approvals.authority import Case, DeployAuthority
from promoter.approvals.control import GitControl
from promoter.approvals.rules_file import Windows, deny_span
from promoter.approvals.statement import Statement, scope
from promoter.approvals.windows import closed, opens
from promoter.site.site import Site


@dataclass(frozen=True)
class StopOrder:
    """A stop or a resume that somebody signed; ``person`` is None where nobody listed did.

    ``scope`` has the options that name what it is about.
    """

    kind: str
    scope: str
    person: str | None
    reason: str
    at: str
    commit: str

    @property
    def resume(self) -> str:
        """The command that lifts it."""
        return f"promoter resume {self.scope} --reason '...'"


@dataclass(frozen=True)
class DenySpan:
    """A time in which no change may run (ISO 8601), and why."""

    begin: str
    end: str
    reason: str


@dataclass(frozen=True)
class EnvironmentFreeze:
    """The stop, windows and soak that hold one environment, whatever waits for it.

    ``closed`` says why its windows are closed now ("" if they are open) and ``opens`` when they
    open next (ISO 8601, None if never). ``soak`` is how long the one before has to run a change.
    """

    deployment: str
    environment: str
    stop: StopOrder | None = None
    closed: str = ""
    opens: str | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[DenySpan, ...] = ()
    soak: str = ""
    override: str = ""


@dataclass(frozen=True)
class Freezes:
    """The freezes of each environment, and every stop and resume that counts, newest first."""

    deployment: str
    environments: tuple[EnvironmentFreeze, ...]
    orders: tuple[StopOrder, ...]


def freezes(site: Site, deployment: str) -> Freezes:
    """Return what holds the environments of ``deployment``; raises for rules that are wrong."""
    control = site.control(site.gated(deployment))
    signed = (each for each in control.signed if each.statement.kind in ("stop", "resume"))
    orders = tuple(control.verified(each) for each in signed if control.is_own(each.statement))
    found = tuple(_freeze(control, name, orders) for name in control.deployment.environments)
    newest = sorted(orders, key=lambda each: each.given, reverse=True)
    return Freezes(deployment, found, tuple(map(_order, newest)))


def _freeze(control: GitControl, name: str, orders: tuple[Statement, ...]) -> EnvironmentFreeze:
    rules, deployment = control.rules(name), control.deployment.name
    case = Case(
        deployment=deployment, environment=name, runs="", would="", rules=rules, statements=orders
    )
    stop = DeployAuthority(case).stop(control.now)
    windows = rules.windows or Windows()
    opening = opens(windows, control.now)
    override = rules.override
    return EnvironmentFreeze(
        deployment,
        name,
        _order(stop) if stop else None,
        closed(windows, control.now),
        opening.isoformat(timespec="seconds") if opening else None,
        tuple(f"{each.days} {each.from_}-{each.to} {each.zone}" for each in windows.allow),
        tuple(_spans(windows)),
        str(rules.soak) if rules.soak else "",
        f"{override.count} of {', '.join(override.from_)}" if override else "",
    )


def _spans(windows: Windows) -> Iterator[DenySpan]:
    for window in windows.deny:
        begin, end = deny_span(window)
        yield DenySpan(begin.isoformat(), end.isoformat(), window.reason)


def _order(made: Statement) -> StopOrder:
    about = scope(made)
    person = made.who if made.person else None
    return StopOrder(made.kind, about, person, made.reason, made.at, made.added_by)
