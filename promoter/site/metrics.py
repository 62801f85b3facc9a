"""Delivery metrics of a deployment, from git alone (dora.dev, 2024: five metrics).

Git has no incidents. A deployment counts as failed where a later one repairs it: one that restores
earlier content (rollback), contains a revert, is marked as a hotfix, or was allowed by an override.
Issues of the forge with one label can be added to that.
"""

import math
import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Self

from promoter.forge.forge import Issue
from promoter.gate.state import DeployState, path_of
from promoter.git import Git, is_full_id
from promoter.site.gates import PRODUCTION, stage
from promoter.site.incidents import incident_repairs, incidents_of
from promoter.site.repairs import (
    DeliveredCommit,
    Repair,
    git_repairs,
    time_of,
)
from promoter.site.site import Site
from promoter.site.timeline import RecordedDeployment, Timeline, timeline


@dataclass(frozen=True)
class Sample:
    """One length of time in seconds: that of ``commit``, which came with the record ``record``."""

    seconds: float
    commit: str
    record: str


@dataclass(frozen=True)
class Distribution:
    """Lengths of time in seconds with their samples; None where there is none."""

    n: int
    median: float | None
    p90: float | None
    samples: tuple[Sample, ...]

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> Self:
        """Return the distribution of ``samples``; the 90th percentile is by nearest rank."""
        found = tuple(samples)
        lengths = sorted(each.seconds for each in found)
        if not lengths:
            return cls(0, None, None, ())
        nearest = lengths[math.ceil(0.9 * len(lengths)) - 1]
        return cls(len(lengths), statistics.median(lengths), nearest, found)


@dataclass(frozen=True)
class Share:
    """The share of ``n`` records that ``records`` are; None without any record."""

    n: int
    value: float | None
    records: tuple[str, ...]

    @classmethod
    def of(cls, records: Iterable[str], n: int) -> Self:
        """Return the share of distinct ``records`` in ``n``."""
        found = tuple(dict.fromkeys(records))
        return cls(n, len(found) / n if n else None, found)


@dataclass(frozen=True)
class DeliveryMetrics:
    """The metrics of one environment that nothing comes after, or whose stage is production.

    ``change_lead_time`` has a sample for each commit from its own time to the first record that
    has it, ``between_deployments`` one for each record but the first. ``problems`` are records
    that could not be read and are left out.
    """

    deployment: str
    environment: str
    deployments: int
    change_lead_time: Distribution
    between_deployments: Distribution
    recovery_time: Distribution
    change_fail_rate: Share
    rework_rate: Share
    repairs: tuple[Repair, ...]
    problems: tuple[str, ...] = ()


def site_metrics(
    site: Site,
    names: Collection[str] = (),
    since: datetime | None = None,
    incidents: Sequence[Issue] = (),
) -> tuple[DeliveryMetrics, ...]:
    """Return the metrics of the measured environments among those that ``names`` select.

    ``incidents`` are those of the remote's forge. Raises `UsageError` for an unknown name.
    """
    chosen = {environment for _, environment in site.select(names)}
    return tuple(
        delivery_metrics(
            site.git, timeline(site, environment), since, incidents_of(site, environment, incidents)
        )
        for deployment in site.deployments
        for environment in measured_environments(site, deployment)
        if environment in chosen
    )


def measured_environments(site: Site, deployment: str) -> tuple[str, ...]:
    """Return the production environments of ``deployment``, else those that nothing follows."""
    environments = site.deployments[deployment].environments
    production = [name for name in environments if stage(site.git, site.tip, name) == PRODUCTION]
    passed = {each.passed for each in environments.values()}
    return tuple(production or [name for name in environments if name not in passed])


def delivery_metrics(
    git: Git,
    history: Timeline,
    since: datetime | None = None,
    incidents: Iterable[Issue] = (),
) -> DeliveryMetrics:
    """Return the metrics of the records in ``history`` from ``since`` on, all by default."""
    records = [each for each in reversed(history.records) if each.state]
    arrivals = _arrivals(records)
    commits = _commits(git, [commit for each in arrivals for commit in each])
    counted = {each.commit for each in records if since is None or time_of(each) >= since}
    pairs = list(zip(records, arrivals, strict=True))
    # What an incident says comes first: it has the time of a failure, git that of the deployment.
    repairs = [each for each in incident_repairs(records, incidents) if each.failed in counted]
    repairs += [each for each in git_repairs(pairs, commits) if each.record in counted]
    lead = [
        Sample(time_of(record).timestamp() - commits[commit].time, commit, record.commit)
        for number, (record, arrived) in enumerate(pairs)
        if number and record.commit in counted
        for commit in arrived
        if commit in commits
    ]
    between = [
        Sample((time_of(new) - time_of(old)).total_seconds(), new.commit, new.commit)
        for old, new in pairwise(records)
        if new.commit in counted
    ]
    recovered = (each for each in reversed(repairs) if each.seconds is not None)
    first = {each.failed: each for each in recovered}
    return DeliveryMetrics(
        history.deployment,
        history.environment,
        len(counted),
        Distribution.of(lead),
        Distribution.of(between),
        Distribution.of(
            Sample(each.seconds or 0, each.failed, each.record or each.failed)
            for each in first.values()
        ),
        Share.of((each.failed for each in repairs), len(counted)),
        Share.of((each.record for each in repairs if each.record), len(counted)),
        tuple(repairs),
        tuple(each.problem for each in history.records if each.problem),
    )


def _hashes(state: DeployState | None) -> dict[str, str | None]:
    files = state.files.items() if state else ()
    return {path_of(key): file.file_hash for key, file in files}


def _arrivals(records: Sequence[RecordedDeployment]) -> list[list[str]]:
    """Return the commits of the changed files that each record is the first to have.

    Of a file that changed twice in between only the newer commit arrives: the other one was
    superseded before it could run.
    """
    seen, before, found = set[str](), dict[str, str | None](), []
    for record in records:
        state = record.state.current if record.state else None
        commits = dict.fromkeys(
            file.from_commit
            for key, file in (state.files.items() if state else ())
            if file.file_hash and before.get(path_of(key)) != file.file_hash
        )
        found.append([each for each in commits if is_full_id(each) and each not in seen])
        seen.update(commits)
        before = _hashes(state)
    return found


def _commits(git: Git, ids: Iterable[str]) -> Mapping[str, DeliveredCommit]:
    """Return time and message of those of the commits ``ids`` that the clone has."""
    known = _existing(git, dict.fromkeys(ids))
    if not known:
        return {}
    options = ("--no-walk=unsorted", "--stdin", "-z", "--format=%H%n%ct%n%B")
    output = git.output("log", *options, stdin="\n".join(known).encode()).decode(errors="replace")
    entries = (entry.split("\n", 2) for entry in output.split("\0") if entry)
    return {commit: DeliveredCommit(int(time), message) for commit, time, message in entries}


def _existing(git: Git, ids: Iterable[str]) -> list[str]:
    stdin = "".join(f"{each}\n" for each in ids).encode()
    checked = git.output("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=stdin)
    lines = (line.split() for line in checked.decode().splitlines())
    return [name for name, kind, *_ in lines if kind == "commit"]
