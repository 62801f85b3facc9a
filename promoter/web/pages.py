"""The pages: the address of each, its template, and the read models that it shows."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from promoter.common.errors import UsageError
from promoter.site.approved import approvers
from promoter.site.difference import difference
from promoter.site.overview import EnvironmentOverview
from promoter.site.source_commits import SOURCE_COMMIT
from promoter.site.timeline import RecordedDeployment
from promoter.web.snapshot import Snapshot
from promoter.web.text import slug

Context = Mapping[str, Any]


@dataclass(frozen=True)
class PageKind:
    """Pages of one template.

    ``address`` is a regular expression with named groups, ``context`` returns what the template
    shows for these groups and raises `UsageError` where there is no such page, and ``paths``
    yields the addresses of all such pages.
    """

    template: str
    address: str
    context: Callable[..., Context]
    paths: Callable[[Snapshot], Iterator[str]]


def find_page(snapshot: Snapshot, path: str) -> tuple[str, Context]:
    """Return template and context of the page at ``path``; raises `UsageError` for no page."""
    for kind in KINDS:
        if found := re.fullmatch(kind.address, path):
            return kind.template, kind.context(snapshot, **found.groupdict())
    raise UsageError(f"find page {path}: there is none")


def every_path(snapshot: Snapshot) -> Iterator[str]:
    """Yield the address of every page, each once."""
    yield from dict.fromkeys(path for kind in KINDS for path in kind.paths(snapshot))


def record_path(record: RecordedDeployment) -> str:
    """Return the address of the page of one record."""
    return f"environments/{slug(record.environment)}/{record.commit}.html"


def difference_path(old: RecordedDeployment, new: RecordedDeployment) -> str:
    """Return the address of the page with the difference between two records."""
    first, second = slug(old.environment), slug(new.environment)
    return f"differences/{first}/{old.commit}/{second}/{new.commit}.html"


def is_source_commit(commit: str | None) -> bool:
    """Return whether ``commit``, which a pin names, has a page."""
    return SOURCE_COMMIT.fullmatch(commit or "") is not None


def _home(snapshot: Snapshot) -> Context:
    return {"deployments": snapshot.deployments}


def _deployment(snapshot: Snapshot, name: str) -> Context:
    for each in snapshot.deployments:
        if slug(each) == name:
            own = [found for found in snapshot.environments if found.deployment == each]
            return {"deployment": each, "environments": own}
    raise UsageError(f"find deployment {name}: there is none")


def _environment(snapshot: Snapshot, name: str) -> Context:
    found = snapshot.environment(_named(snapshot, name))
    history = snapshot.timeline(found.name)
    behind = [
        (other, snapshot.timeline(other.name).current) for other in snapshot.behind(found.name)
    ]
    return {
        "environment": found,
        "timeline": history,
        "behind": behind,
        "approved_by": _approved_by(snapshot, found),
        "approvals": snapshot.approvals(found.name),
    }


def _approved_by(snapshot: Snapshot, environment: EnvironmentOverview) -> str | None:
    """Return who approved what runs; None where nothing does, or where that cannot be read."""
    if environment.status.version is None:
        return None
    return approvers(snapshot.site_of(environment.name), environment.name)


def _record(snapshot: Snapshot, name: str, commit: str) -> Context:
    environment = _named(snapshot, name)
    site, history = snapshot.site_of(environment), snapshot.timeline(environment)
    record = _find_record(snapshot, name, commit)
    before = history.before(record)
    change = None
    if record.state:
        old = before.state.current if before and before.state else None
        change = difference(site.git, old, record.state.current)
    return {
        "environment": snapshot.environment(environment),
        "record": record,
        "before": before,
        "current": history.current,
        "difference": change,
        "approvals": snapshot.approvals(environment)[commit],
    }


def _difference(snapshot: Snapshot, first: str, old: str, second: str, new: str) -> Context:
    before, after = _find_record(snapshot, first, old), _find_record(snapshot, second, new)
    sites = [snapshot.site_of(each.environment) for each in (before, after)]
    if before.state is None or after.state is None or sites[0] is not sites[1]:
        raise UsageError(f"compare {old[:12]} and {new[:12]}: one of them has no files here")
    found = difference(sites[0].git, before.state.current, after.state.current)
    return {"old": before, "new": after, "difference": found}


def _commit(snapshot: Snapshot, commit: str) -> Context:
    for each in snapshot.commits:
        if each.commit == commit:
            return {"commit": each}
    raise UsageError(f"find source commit {commit}: no vendored chart pins it")


def _audit(snapshot: Snapshot, name: str) -> Context:
    environment = _named(snapshot, name)
    found = snapshot.audit(environment)
    return {"environment": snapshot.environment(environment), "audited": found}


def _named(snapshot: Snapshot, name: str) -> str:
    """Return the environment whose slug is ``name``; raises `UsageError`."""
    for each in snapshot.environments:
        if each.name and slug(each.name) == name:
            return each.name
    raise UsageError(f"find environment {name}: there is none")


def _find_record(snapshot: Snapshot, name: str, commit: str) -> RecordedDeployment:
    found = snapshot.timeline(_named(snapshot, name)).record(commit)
    if found is None:
        raise UsageError(f"find record {commit[:12]} of {name}: there is none")
    return found


def _names(snapshot: Snapshot) -> Iterator[str]:
    return (each.name for each in snapshot.environments if each.name)


def _records(snapshot: Snapshot) -> Iterator[str]:
    for name in _names(snapshot):
        yield from map(record_path, snapshot.timeline(name).records)


def _differences(snapshot: Snapshot) -> Iterator[str]:
    """Yield the pages that other pages link to."""
    for name in _names(snapshot):
        current = snapshot.timeline(name).current
        if current is None:
            continue
        for record in snapshot.timeline(name).records:
            if record.state and record is not current:
                yield difference_path(record, current)
        for other in snapshot.behind(name):
            if theirs := snapshot.timeline(other.name).current:
                yield difference_path(theirs, current)


_ID = "[0-9a-f]{40}"
_SLUG = "[A-Za-z0-9_~-]+"

KINDS = (
    PageKind("index.html", r"index\.html", _home, lambda _: iter(["index.html"])),
    PageKind(
        "deployment.html",
        rf"deployments/(?P<name>{_SLUG})\.html",
        _deployment,
        lambda found: (f"deployments/{slug(each)}.html" for each in found.deployments),
    ),
    PageKind(
        "environment.html",
        rf"environments/(?P<name>{_SLUG})\.html",
        _environment,
        lambda found: (f"environments/{slug(each)}.html" for each in _names(found)),
    ),
    PageKind(
        "audit.html",
        rf"environments/(?P<name>{_SLUG})/audit\.html",
        _audit,
        lambda found: (f"environments/{slug(each)}/audit.html" for each in _names(found)),
    ),
    PageKind(
        "record.html", rf"environments/(?P<name>{_SLUG})/(?P<commit>{_ID})\.html", _record, _records
    ),
    PageKind(
        "difference.html",
        rf"differences/(?P<first>{_SLUG})/(?P<old>{_ID})/(?P<second>{_SLUG})/(?P<new>{_ID})\.html",
        _difference,
        _differences,
    ),
    PageKind("commits.html", r"commits\.html", lambda _: {}, lambda _: iter(["commits.html"])),
    PageKind(
        "commit.html",
        rf"commits/(?P<commit>{SOURCE_COMMIT.pattern})\.html",
        _commit,
        lambda found: (f"commits/{each.commit}.html" for each in found.commits),
    ),
    PageKind("freezes.html", r"freezes\.html", lambda _: {}, lambda _: iter(["freezes.html"])),
    PageKind("metrics.html", r"metrics\.html", lambda _: {}, lambda _: iter(["metrics.html"])),
    PageKind("audits.html", r"audits\.html", lambda _: {}, lambda _: iter(["audits.html"])),
)
