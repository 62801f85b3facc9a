"""The plan: every environment's decision, the files that it is about, and their age."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

from promoter.common.errors import PromoterError
from promoter.gate.decision import Decision, decide, decide_all
from promoter.gate.rules import FileChange
from promoter.git import Git
from promoter.site.evidence import bypass_reason
from promoter.site.site import Site

Decided = Mapping[tuple[str, str], Decision | PromoterError]
"""The decision about each environment, or its error, by deployment and environment."""

UNREADABLE = "unreadable"
"""The status of an environment that cannot be decided; ``holds`` has the cause.

A deployment whose cepler file cannot be read has one plan, with the environment ""."""


@dataclass(frozen=True)
class ChangedFile:
    """A file that would change: ``kind`` is ``added``, ``changed`` or ``removed``.

    ``commit`` (40 hex) and ``message`` are where it comes from, None if it is removed.
    """

    path: str
    kind: str
    commit: str | None
    message: str | None

    @classmethod
    def of(cls, change: FileChange) -> Self:
        """Return the read model of the gate's ``change``."""
        if (current := change.current) is None:
            return cls(change.path, change.kind, None, None)
        return cls(change.path, change.kind, current.from_commit or None, current.message or None)


@dataclass(frozen=True)
class EnvironmentPlan:
    """The decision about one environment.

    ``status`` is ``up to date``, ``due``, ``blocked`` or `UNREADABLE`; ``holds`` are the reasons
    why it waits. ``since`` (ISO 8601) is the date of the oldest commit that waits here.
    ``ungated`` is the reason why the gate was bypassed since the last gated deploy; ``untested``
    why the charts that wait were vendored without a testflight, each with its commit. ``begun``
    is a deploy that was begun and not recorded.
    """

    deployment: str
    environment: str
    status: str
    files: tuple[ChangedFile, ...] = ()
    holds: tuple[str, ...] = ()
    since: str | None = None
    next_step: str = ""
    ungated: str | None = None
    untested: tuple[str, ...] = ()
    begun: str | None = None

    @classmethod
    def unreadable(cls, deployment: str, environment: str, error: PromoterError) -> Self:
        """Return the row of what cannot be decided because of ``error``."""
        cause, remedy = str(error), error.next_step
        return cls(deployment, environment, UNREADABLE, holds=(cause,), next_step=remedy)


def plan_all(site: Site, names: Collection[str] = ()) -> tuple[EnvironmentPlan, ...]:
    """Return every environment of every deployment, in the order of the cepler files.

    ``names`` (of deployments and environments) restricts them; raises `UsageError` for an
    unknown one. An environment that cannot be decided has the status `UNREADABLE`.
    All are decided in one pass over history, which shares its git processes.
    """
    with site.opened() as opened:
        return plans_of(opened, decide_each(opened, names))


def decide_each(site: Site, names: Collection[str] = ()) -> Decided:
    """Return the decision about each environment that ``names`` select, or its error.

    The keys are deployment and environment, as `Site.select` returns them.
    """
    with site.reading() as history:
        chosen = site.select(names)
        selected = dict.fromkeys(deployment for deployment, _ in chosen)
        for name in selected.keys() & site.deployments.keys():
            history.expect(site.deployments[name].folders())
        decisions = {name: _decisions(site, name) for name in selected}
    return {(name, env): decisions[name][env] for name, env in chosen}


def plans_of(site: Site, decided: Decided) -> tuple[EnvironmentPlan, ...]:
    """Return the plan of each environment that was decided, in the same order."""
    return _with_commits(site.git, [_plan(site, *pair, each) for pair, each in decided.items()])


def _decisions(site: Site, deployment: str) -> Mapping[str, Decision | PromoterError]:
    """Return the decision about each environment, or the error of one that cannot be decided."""
    try:
        return decide_all(site.gated(deployment))
    except PromoterError:
        names = (name for _, name in site.select([deployment]))
        return {name: _attempt(site, deployment, name) for name in names}


def _attempt(site: Site, deployment: str, environment: str) -> Decision | PromoterError:
    try:
        return decide(site.gated(deployment).alone(environment), environment)
    except PromoterError as error:
        return error


def _plan(
    site: Site, deployment: str, environment: str, decision: Decision | PromoterError
) -> EnvironmentPlan:
    if isinstance(decision, PromoterError):
        return EnvironmentPlan.unreadable(deployment, environment, decision)
    return EnvironmentPlan(
        deployment=deployment,
        environment=environment,
        status=decision.status.value,
        files=tuple(map(ChangedFile.of, decision.changes)),
        holds=tuple(map(str, decision.holds)),
        next_step=decision.next_step,
        ungated=bypass_reason(site, deployment, environment),
        begun=str(decision.begun) if decision.begun else None,
    )


def _with_commits(git: Git, plans: list[EnvironmentPlan]) -> tuple[EnvironmentPlan, ...]:
    """Return the same with the dates and reasons of all their commits, read by one git."""
    ids = sorted({file.commit for plan in plans for file in plan.files if file.commit})
    untested = "%(trailers:key=Untested,valueonly,unfold,separator=%x3B%x20)"
    options = ("--no-walk=unsorted", "--stdin", f"--format=%H %ct %cI {untested}")
    output = git.output("log", *options, stdin="\n".join(ids).encode()) if ids else b""
    lines = filter(None, output.decode(errors="replace").split("\n"))
    commits = {commit: facts for commit, *facts in (line.split(" ", 3) for line in lines)}

    def completed(plan: EnvironmentPlan) -> EnvironmentPlan:
        own = {file.commit: commits[file.commit] for file in plan.files if file.commit}
        oldest = min(own.values(), key=lambda facts: int(facts[0]), default=None)
        untested = [f"[{commit[:7]}] {reason}" for commit, (_, _, reason) in own.items() if reason]
        return replace(plan, since=oldest[1] if oldest else None, untested=tuple(untested))

    return tuple(map(completed, plans))
