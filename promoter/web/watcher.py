"""The watcher: one thread that queries the remotes, so that neither pages nor browsers have to."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from promoter.common.errors import PromoterError
from promoter.deploy.lease import RunningDeploy, running_deploys
from promoter.gate.gates import BRANCH
from promoter.site.site import Site

INTERVAL = 1.0
"""The seconds between two queries."""

JUDGED_EVERY = timedelta(minutes=1)
"""The age at which windows, soaks and votes are judged again although nothing moved."""

SHOWN_EVERY = timedelta(seconds=5)
"""The time after which pages show anew how long a running deploy takes."""

Explain = Callable[[Exception], PromoterError]
"""The function from an error that nobody expected to one with a report."""


@dataclass(frozen=True)
class RemoteView:
    """A remote as the watcher saw it last.

    ``running`` are the deploys that hold a lease there, by environment. ``problem`` says why it
    could not be queried (None if it was), and ``seen`` is the last time at which it was.
    """

    running: Mapping[str, RunningDeploy] = field(default_factory=dict)
    problem: str | None = None
    seen: datetime | None = field(default=None, compare=False)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Watcher:
    """Follows the remotes of ``folder``'s repository.

    It calls ``changed`` after each change: with True where everything has to be decided again,
    with False where only what it saw itself has changed.
    """

    folder: Path
    remote: str | None
    branch: str
    changed: Callable[[bool], None]
    explain: Explain
    clock: Callable[[], datetime] = _now
    _views: dict[str, RemoteView] = field(default_factory=dict)
    _refs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _judged: datetime | None = None
    _shown: datetime | None = None
    _unexpected: tuple[str, str] = ("", "")
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def views(self) -> Mapping[str, RemoteView]:
        """Every remote as it was seen last, by its name."""
        return dict(self._views)

    def run(self) -> None:
        """Query the remotes until `stop`."""
        while not self._stop.is_set():
            self.look()
            self._stop.wait(INTERVAL)

    def stop(self) -> None:
        """End `run` after its current query."""
        self._stop.set()

    def look(self) -> None:
        """Query every remote once, fetch what moved, and report it.

        An error of any kind is the problem of the remotes that it kept from being queried.
        """
        before = self.views
        try:
            moved = [self._look(site) for site in self._sites()]
        except Exception as error:
            problem, moved = self._text(error), []
            views = before or {self.remote or "origin": RemoteView()}
            self._views = {name: replace(view, problem=problem) for name, view in views.items()}
        self._report(before, moved=any(moved))

    def _report(self, before: Mapping[str, RemoteView], *, moved: bool) -> None:
        now, running = self.clock(), any(each.running for each in self._views.values())
        if moved or _passed(self._judged, JUDGED_EVERY, now):
            self._judged = self._shown = now
            self.changed(True)
        elif before != self.views or (running and _passed(self._shown, SHOWN_EVERY, now)):
            self._shown = now
            self.changed(False)

    def _look(self, site: Site) -> bool:
        """Update the view of one remote; return whether one of its branches moved."""
        last, before = self._views.get(site.remote, RemoteView()), self._refs.get(site.remote, {})
        running, now = last.running, self.clock()
        moved, problem = False, None
        try:
            heads = [f"refs/heads/{name}" for name in (site.branch, BRANCH)]
            refs = _listed(site, *heads, "refs/promoter/lease/*")
            moved = not before or any(refs.get(each) != before.get(each) for each in heads)
            if moved:
                site.fetched(refs)
                # Walks of long histories take a fraction of the time. Nothing depends on it.
                site.git.attempt("commit-graph", "write", "--reachable", "--split")
            if refs != before:
                running = running_deploys(site.git, site.remote, refs)
            self._refs[site.remote] = refs
        except Exception as error:
            problem, moved = self._text(error), False
        running = {name: each for name, each in running.items() if not each.holder.ended(now)}
        self._views[site.remote] = RemoteView(running, problem, last.seen if problem else now)
        return moved

    def _text(self, error: Exception) -> str:
        """Return ``error`` as text; one that nobody expected is reported once, not each second."""
        if isinstance(error, PromoterError):
            return str(error)
        if self._unexpected[0] != repr(error):
            self._unexpected = repr(error), str(self.explain(error))
        return self._unexpected[1]

    def _sites(self) -> list[Site]:
        """Return the site of each remote, whether it was fetched before or not."""
        try:
            found, errors = Site.each(
                self.folder, remote=self.remote, branch=self.branch, fetch=False
            )
        except PromoterError:
            found, errors = [], {self.remote or "origin": PromoterError("")}
        unread = (Site.unread(self.folder, remote=name, branch=self.branch) for name in errors)
        return [*(site for site, _ in found), *unread]


def _listed(site: Site, *patterns: str) -> Mapping[str, str]:
    """Return the commits of the refs that the remote has now, by their names."""
    lines = site.git.lines("ls-remote", "--", site.remote, *patterns)
    return {name: commit for commit, _, name in (line.partition("\t") for line in lines)}


def _passed(since: datetime | None, time: timedelta, now: datetime) -> bool:
    return since is None or now - since >= time
