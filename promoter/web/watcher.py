"""The watcher: one thread that queries the remotes, so that neither pages nor browsers have to."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from promoter.common.errors import PromoterError
from promoter.common.holder import Holder
from promoter.deploy.lease import holders
from promoter.gate.gates import BRANCH
from promoter.site.site import Site

INTERVAL = 1.0
"""The seconds between two queries."""


@dataclass(frozen=True)
class RemoteView:
    """A remote as the watcher saw it last.

    ``running`` are the deploys that hold a lease there, by environment. ``problem`` says why it
    did not respond (None if it did), and ``seen`` is the last time at which it did.
    """

    running: Mapping[str, Holder] = field(default_factory=dict)
    problem: str | None = None
    seen: datetime | None = field(default=None, compare=False)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Watcher:
    """Follows the remotes of ``folder``'s repository; calls ``changed`` after each change."""

    folder: Path
    remote: str | None
    branch: str
    changed: Callable[[], None]
    clock: Callable[[], datetime] = _now
    _views: dict[str, RemoteView] = field(default_factory=dict)
    _refs: dict[str, list[str]] = field(default_factory=dict)
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
        """Query every remote once, fetch what moved, and report it."""
        before = self.views
        moved = [self._look(site) for site in self._sites()]
        if any(moved) or before != self.views:
            self.changed()

    def _look(self, site: Site) -> bool:
        """Update the view of one remote; return whether one of its refs moved."""
        last = self._views.get(site.remote, RemoteView())
        try:
            heads = (f"refs/heads/{name}" for name in (site.branch, BRANCH))
            refs = site.git.lines("ls-remote", "--", site.remote, *heads, "refs/promoter/lease/*")
            moved = refs != self._refs.get(site.remote)
            if moved:
                site.fetched()
                last = replace(last, running=holders(site.git, site.remote))
            self._refs[site.remote] = refs
        except PromoterError as error:
            self._views[site.remote] = replace(last, problem=str(error))
            return False
        self._views[site.remote] = replace(last, problem=None, seen=self.clock())
        return moved

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
