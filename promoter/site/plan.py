"""The plan: every environment's decision, the files that it is about, and their age."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Self

from promoter.common.errors import PromoterError, UsageError
from promoter.gate.decision import Decision, decide_all
from promoter.gate.rules import FileChange
from promoter.git import Git
from promoter.site.evidence import folder
from promoter.site.site import Site

UNREADABLE = "unreadable"
"""The status of an environment whose deployment cannot be decided; ``holds`` has the cause."""


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
    why the charts that wait were vendored without a testflight, each with its commit.
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


def plan_all(site: Site, names: Collection[str] = ()) -> tuple[EnvironmentPlan, ...]:
    """Return every environment of every deployment, in the order of the cepler files.

    ``names`` (of deployments and environments) restricts them; raises `UsageError` for an
    unknown one. A deployment that cannot be decided gives rows with the status `UNREADABLE`.
    All are decided in one pass over history, which shares its git processes.
    """
    with site.opened() as opened, opened.reading() as history:
        chosen = _chosen(opened, names)
        readable = {}
        plans: list[EnvironmentPlan] = []
        for name in dict.fromkeys(deployment for deployment, _ in chosen):
            try:
                readable[name] = opened.gated(name)
                history.expect(readable[name].folders())
            except PromoterError as error:
                plans += _unreadable([each for each in chosen if each[0] == name], error)
        for name, deployment in readable.items():
            decisions = decide_all(deployment)
            plans += [_plan(opened, env, decisions[env]) for each, env in chosen if each == name]
    return _with_commits(site.git, plans)


def _chosen(site: Site, names: Collection[str]) -> list[tuple[str, str]]:
    """Return deployment and name of each environment that ``names`` select."""
    every = [(name, env) for name, each in site.deployments.items() for env in each.environments]
    known = {name for pair in every for name in pair}
    if unknown := sorted(set(names) - known):
        raise UsageError(
            f"plan {', '.join(unknown)}: unknown deployment or environment",
            next_step=f"known: {', '.join(dict.fromkeys(name for pair in every for name in pair))}",
        )
    return [pair for pair in every if not names or set(pair) & set(names)]


def _unreadable(
    environments: Iterable[tuple[str, str]], error: PromoterError
) -> list[EnvironmentPlan]:
    return [
        EnvironmentPlan(
            deployment, name, UNREADABLE, holds=(str(error),), next_step=error.next_step
        )
        for deployment, name in environments
    ]


def plan_environment(site: Site, environment: str) -> EnvironmentPlan:
    """Return one environment; raises `UsageError` if no cepler file names it."""
    with site.opened() as opened:
        plan = _plan(opened, environment, opened.decide(environment))
    return _with_commits(site.git, [plan])[0]


def _plan(site: Site, environment: str, decision: Decision) -> EnvironmentPlan:
    deployment = site.deployment_of(environment)
    return EnvironmentPlan(
        deployment=deployment,
        environment=environment,
        status=decision.status.value,
        files=tuple(map(ChangedFile.of, decision.changes)),
        holds=tuple(map(str, decision.holds)),
        next_step=decision.next_step,
        ungated=_bypass_reason(site, deployment, environment),
    )


def _bypass_reason(site: Site, deployment: str, environment: str) -> str | None:
    """Return why the gate was bypassed since the last gated deploy, None if it was not."""
    with site.reading() as history:
        listed = history.listing(site.tip, [folder(deployment, environment)])
        deploys = [path for path in listed if "-ungated-" in path or "-deploy-deployed-" in path]
        newest = max(deploys, default="")
        if "-ungated-" not in newest:
            return None
        found = history.file(site.tip, newest)
    return str(json.loads(found.content if found else b"{}").get("summary", ""))


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
