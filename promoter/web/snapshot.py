"""One state of the remotes, and every read model that the pages show of it."""

import threading
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from promoter.common.errors import PromoterError, UsageError
from promoter.forge.forge import Issue
from promoter.lint.audit import AuditedDeployment, audit
from promoter.site.freezes import Freezes, freezes
from promoter.site.incidents import incidents_of, labelled
from promoter.site.metrics import DeliveryMetrics, delivery_metrics, measured_environments
from promoter.site.overview import EnvironmentOverview, overview
from promoter.site.past_approvals import PastApprovals, past_approvals
from promoter.site.site import Site
from promoter.site.source_commits import SourceCommit, source_commits
from promoter.site.timeline import Timeline, timeline
from promoter.web.watcher import RemoteView


@dataclass(frozen=True)
class Snapshot:
    """The remotes as they were fetched last; nothing is fetched, and every result is kept.

    ``problems`` has the error of each remote that cannot be read. Rules are judged at ``now``.
    ``remotes`` is what a watcher saw of them, empty without one. Issues of the forge with the
    label ``incidents`` are read for the metrics.
    """

    sites: tuple[Site, ...]
    problems: Mapping[str, PromoterError]
    now: datetime
    remotes: Mapping[str, RemoteView] = field(default_factory=dict)
    incidents: str = ""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    _timelines: dict[str, Timeline] = field(default_factory=dict, repr=False, compare=False)
    _approvals: dict[str, PastApprovals] = field(default_factory=dict, repr=False, compare=False)
    _audits: dict[str, tuple[AuditedDeployment, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def read(
        cls,
        folder: Path,
        *,
        remote: str | None = None,
        branch: str = "main",
        now: datetime | None = None,
        remotes: Mapping[str, RemoteView] | None = None,
        incidents: str = "",
    ) -> Self:
        """Return the snapshot of the repository that ``folder`` is in.

        Raises `PromoterError` where no remote can be read.
        """
        found, errors = Site.each(folder, remote=remote, branch=branch, fetch=False)
        moment = now or datetime.now(UTC)
        return cls(
            tuple(replace(site, now=moment) for site, _ in found),
            errors,
            moment,
            remotes or {},
            incidents,
        )

    def on(self, remotes: Mapping[str, RemoteView]) -> Self:
        """Return the same with other ``remotes``; everything that was decided is kept."""
        other = copy(self)
        vars(other)["remotes"] = remotes
        return other

    def after(self, last: Self) -> Self:
        """Return the same with what ``last`` has of the past, unless a branch moved since."""
        if self.tips != last.tips:
            return self
        other = copy(self)
        past = ("_timelines", "_approvals", "_audits")
        vars(other).update({name: vars(last)[name] for name in past})
        return other

    @property
    def tips(self) -> tuple[tuple[str, str, str | None], ...]:
        """Remote, commit and commit of the gates branch of each site."""
        return tuple((site.remote, site.tip, site.gates_tip) for site in self.sites)

    @cached_property
    def environments(self) -> tuple[EnvironmentOverview, ...]:
        """Every environment of every deployment, in promotion order."""
        with self._lock:
            return tuple(each for site in self.sites for each in overview(site))

    @property
    def deployments(self) -> tuple[str, ...]:
        """The names of the deployments, those that cannot be read included."""
        return tuple(dict.fromkeys(each.deployment for each in self.environments))

    def environment(self, name: str) -> EnvironmentOverview:
        """Return the environment called ``name``; raises `UsageError` for an unknown one."""
        for each in self.environments:
            if each.name == name:
                return each
        raise UsageError(f"find environment {name}: there is none")

    def behind(self, name: str) -> tuple[EnvironmentOverview, ...]:
        """Return the environments that take what ``name`` has passed."""
        return tuple(each for each in self.environments if each.passed == name)

    def site_of(self, environment: str) -> Site:
        """Return the site that has ``environment``; raises as `environment`."""
        deployment = self.environment(environment).deployment
        return next(site for site in self.sites if deployment in site.deployments)

    def timeline(self, environment: str) -> Timeline:
        """Return the timeline of ``environment``; raises `UsageError` for an unknown one."""
        with self._lock:
            if environment not in self._timelines:
                self._timelines[environment] = timeline(self.site_of(environment), environment)
            return self._timelines[environment]

    def approvals(self, environment: str) -> PastApprovals:
        """Return the approvals of each record of ``environment``; raises as `timeline`."""
        with self._lock:
            if environment not in self._approvals:
                found = past_approvals(self.site_of(environment), self.timeline(environment))
                self._approvals[environment] = found
            return self._approvals[environment]

    def audit(self, environment: str) -> tuple[AuditedDeployment, ...]:
        """Return every deployment of ``environment`` decided again, the newest first."""
        with self._lock:
            if environment not in self._audits:
                with self.site_of(environment).opened() as opened:
                    self._audits[environment] = audit(opened, environment)[::-1]
            return self._audits[environment]

    @cached_property
    def freezes(self) -> Mapping[str, Freezes | PromoterError]:
        """The freezes of each deployment, or the error of one whose rules cannot be read."""
        return {name: _attempt(site, name) for site in self.sites for name in site.deployments}

    @cached_property
    def commits(self) -> tuple[SourceCommit, ...]:
        """The source commits of every remote, the newest chart first."""
        with self._lock:
            return tuple(each for site in self.sites for each in self._commits(site))

    @cached_property
    def metrics(self) -> tuple[DeliveryMetrics, ...]:
        """The delivery metrics of every production environment."""
        return tuple(each for site in self.sites for each in self._metrics(site))

    def _metrics(self, site: Site) -> Iterator[DeliveryMetrics]:
        problems: tuple[str, ...] = ()
        issues: tuple[Issue, ...] = ()
        try:
            issues = labelled(site, self.incidents)
        except PromoterError as error:
            problems = (f"the incidents: {error}",)
        for deployment in site.deployments:
            for name in measured_environments(site, deployment):
                own = incidents_of(site, name, issues)
                found = delivery_metrics(site.git, self.timeline(name), incidents=own)
                yield replace(found, problems=(*found.problems, *problems))

    def _commits(self, site: Site) -> tuple[SourceCommit, ...]:
        names = [name for each in site.deployments.values() for name in each.environments]
        return source_commits(site, [self.timeline(name) for name in names])


def _attempt(site: Site, deployment: str) -> Freezes | PromoterError:
    try:
        return freezes(site, deployment)
    except PromoterError as error:
        return error
