"""What would happen: every environment's decision, what it rests on, and since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from promoter.gate.decision import Decision, decide_all
from promoter.gate.rules import FileChange
from promoter.git import Git
from promoter.site.evidence import folder
from promoter.site.site import Site


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
    the reason for which the gate was passed by since the last gated deploy, ``untested`` why
    charts that wait were vendored without a testflight, each with its commit.
    """

    deployment: str
    environment: str
    status: str
    files: tuple[PlannedFile, ...] = ()
    holds: tuple[str, ...] = ()
    since: str | None = None
    next_step: str = ""
    ungated: str | None = None
    untested: tuple[str, ...] = ()


def plan(site: Site) -> tuple[Planned, ...]:
    """Every environment of every deployment, in the order of the cepler files.

    All are decided in one pass over history: its git processes are shared by everything.
    """
    with site.opened() as opened, opened.reading() as history:
        deployments = [opened.gated(name) for name in opened.deployments]
        for deployment in deployments:
            history.expect(deployment.folders())
        found = [
            _planned(opened, name, decision)
            for deployment in deployments
            for name, decision in decide_all(deployment).items()
        ]
    return _with_commits(site.git, found)


def planned(site: Site, environment: str) -> Planned:
    """One environment; raises `UsageError` for one that no cepler file names."""
    with site.opened() as opened:
        found = _planned(opened, environment, opened.decide(environment))
    return _with_commits(site.git, [found])[0]


def _planned(site: Site, environment: str, decision: Decision) -> Planned:
    deployment = site.deployment_of(environment)
    return Planned(
        deployment=deployment,
        environment=environment,
        status=decision.status.value,
        files=tuple(map(_file, decision.changes)),
        holds=tuple(map(str, decision.holds)),
        next_step=decision.next_step,
        ungated=_ungated(site, deployment, environment),
    )


def _ungated(site: Site, deployment: str, environment: str) -> str | None:
    """Why the gate was passed by since the last gated deploy; None where it was not."""
    with site.reading() as history:
        listed = history.listing(site.tip, [folder(deployment, environment)])
        told = [path for path in listed if "-ungated-" in path or "-deploy-deployed-" in path]
        newest = max(told, default="")
        if "-ungated-" not in newest:
            return None
        found = history.file(site.tip, newest)
    return str(json.loads(found.content if found else b"{}").get("summary", ""))


def _file(change: FileChange) -> PlannedFile:
    current = change.current
    return PlannedFile(
        change.path,
        change.kind,
        (current.from_commit or None) if current else None,
        (current.message or None) if current else None,
    )


@dataclass(frozen=True)
class _Told:
    """What a commit tells: seconds of the epoch, its date, why its chart was not tested."""

    at: int
    date: str
    untested: str


def _with_commits(git: Git, found: list[Planned]) -> tuple[Planned, ...]:
    """The same with what their files' commits tell, which git is asked for once."""
    commits = {file.commit for each in found for file in each.files if file.commit}
    asked = "".join(f"{commit}\n" for commit in sorted(commits)).encode()
    untested = "%(trailers:key=Untested,valueonly,unfold,separator=%x3B%x20)"
    options = ("--no-walk=unsorted", "--stdin", f"--format=%H %ct %cI {untested}")
    lines = git.output("log", *options, stdin=asked) if commits else b""
    told = {}
    for line in filter(None, lines.decode(errors="replace").split("\n")):
        commit, at, date, why = line.split(" ", 3)
        told[commit] = _Told(int(at), date, why)
    return tuple(_told(each, told) for each in found)


def _told(found: Planned, told: Mapping[str, _Told]) -> Planned:
    commits = dict.fromkeys(file.commit for file in found.files if file.commit)
    known = [(commit, told[commit]) for commit in commits]
    oldest = min(known, key=lambda each: each[1].at, default=None)
    untested = tuple(f"[{commit[:7]}] {each.untested}" for commit, each in known if each.untested)
    return replace(found, since=oldest[1].date if oldest else None, untested=untested)
