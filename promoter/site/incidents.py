"""Incidents: issues of the forge with one label, where signs in git are not enough."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from promoter.forge.forge import Issue
from promoter.forge.remote import forge_of
from promoter.site.repairs import Repair, time_of
from promoter.site.site import Site
from promoter.site.timeline import RecordedDeployment


def labelled(site: Site, label: str) -> tuple[Issue, ...]:
    """Return the issues with ``label`` in the repository of ``site``, none without a label.

    Raises `PromoterError` where the forge cannot be read.
    """
    return forge_of(site.git, site.remote).issues(label) if label else ()


def incidents_of(site: Site, environment: str, incidents: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return the incidents of ``environment``: those that have no other environment as a label."""
    known = {name for _, name in site.select()} - {environment}
    return tuple(
        each for each in incidents if environment in each.labels or not known & each.labels
    )


def incident_repairs(
    records: Sequence[RecordedDeployment], issues: Iterable[Issue]
) -> Iterator[Repair]:
    """Yield what each of ``issues`` says about the ``records``, which are the oldest first.

    An incident counts against the record that ran when it was opened, and is over when it is
    closed; a newer record that runs then repaired it.
    """
    for issue in issues:
        failed = _running(records, issue.opened)
        if failed is None:
            continue
        later = _running(records, issue.closed) if issue.closed else None
        record = later.commit if later and later is not failed else ""
        seconds = (issue.closed - issue.opened).total_seconds() if issue.closed else None
        yield Repair("incident", record, failed.commit, seconds, issue.url)


def _running(records: Sequence[RecordedDeployment], at: datetime) -> RecordedDeployment | None:
    earlier = (each for each in records if time_of(each) <= at)
    return max(earlier, key=time_of, default=None)
