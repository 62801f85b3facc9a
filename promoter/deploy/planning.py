"""What would happen: every environment's decision, what it rests on, and since when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from promoter.deploy.evidence import folder
from promoter.deploy.site import Site
from promoter.gate.decision import Blocked, Decision, Due, FileChange, NotDeployedYet, UpToDate


@dataclass(frozen=True)
class PlannedFile:
    """One file that would change: its path, how, and the commit (40 hex) that it comes from."""

    path: str
    kind: str
    commit: str | None
    message: str | None


@dataclass(frozen=True)
class Planned:
    """What the gate says of one environment.

    ``status`` is ``up to date``, ``due`` or ``blocked``; ``holds`` says by what it is blocked.
    ``since`` (ISO 8601) is when the oldest commit that waits here was made. ``ungated`` is
    the reason for which the gate was passed by since the last gated deploy.
    """

    deployment: str
    environment: str
    status: str
    files: tuple[PlannedFile, ...] = ()
    holds: tuple[str, ...] = ()
    since: str | None = None
    next_step: str = ""
    ungated: str | None = None


def plan(site: Site) -> tuple[Planned, ...]:
    """Every environment of every deployment, in the order of the cepler files."""
    return tuple(
        planned(site, name)
        for deployment in site.deployments.values()
        for name in deployment.environments
    )


def planned(site: Site, environment: str) -> Planned:
    """One environment; raises `UsageError` for one that no cepler file names."""
    deployment = site.deployment_of(environment)
    decision = site.decide(environment)
    changes = tuple(_changes(decision))
    return Planned(
        deployment=deployment,
        environment=environment,
        status=_status(decision),
        files=tuple(map(_file, changes)),
        holds=tuple(map(str, decision.holds)) if isinstance(decision, Blocked) else (),
        since=_since(site, changes),
        next_step=_next_step(site, environment, decision),
        ungated=ungated(site, deployment, environment),
    )


def ungated(site: Site, deployment: str, environment: str) -> str | None:
    """Why the gate was passed by since the last gated deploy; None where it was not."""
    listed = site.git.lines(
        "ls-tree", "--name-only", site.tip, f"{folder(deployment, environment)}/"
    )
    names = [path for path in sorted(listed) if "-ungated-" in path or "-deploy-deployed-" in path]
    if not names or "-ungated-" not in names[-1]:
        return None
    return str(json.loads(site.git.file(site.tip, names[-1]) or b"{}").get("summary", ""))


def _status(decision: Decision) -> str:
    if isinstance(decision, UpToDate):
        return "up to date"
    return "due" if isinstance(decision, Due) else "blocked"


def _changes(decision: Decision) -> Iterable[FileChange]:
    if isinstance(decision, Due):
        yield from decision.changes
    elif isinstance(decision, Blocked):
        for hold in decision.holds:
            if not isinstance(hold, NotDeployedYet):
                yield from hold.changes


def _file(change: FileChange) -> PlannedFile:
    current = change.current
    return PlannedFile(
        change.path,
        change.kind,
        (current.from_commit or None) if current else None,
        (current.message or None) if current else None,
    )


def _since(site: Site, changes: tuple[FileChange, ...]) -> str | None:
    commits = {change.current.from_commit for change in changes if change.current}
    known = sorted(commit for commit in commits if commit)
    if not known:
        return None
    dates = site.git.lines("log", "--no-walk=unsorted", "--format=%cI", *known, "--")
    return min(dates, default=None)


def _next_step(site: Site, environment: str, decision: Decision) -> str:
    if isinstance(decision, Due):
        return f"promoter deploy {environment}"
    return site.how_to_clear(environment, decision) if isinstance(decision, Blocked) else ""
