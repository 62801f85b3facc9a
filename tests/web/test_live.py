"""The watcher and the events: a moved remote, a running deploy, and a remote that is away."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from promoter.common.ports import choose
from promoter.deploy.lease import acquire
from promoter.git import Git
from promoter.site.site import Site
from promoter.web.snapshot import Snapshot
from promoter.web.watcher import Watcher
from tests.site.repository import deployed, site
from tests.web.document import Document, page
from tests.web.test_docs import fetched

__all__ = ["site"]


@pytest.fixture
def other(site: Site, tmp_path: Path) -> Site:
    """The same remote in the clone of somebody else."""
    folder = tmp_path / "other"
    Git(tmp_path).text("clone", "-q", str(tmp_path / "origin.git"), str(folder))
    return Site.of(folder)


@dataclass
class Observed:
    """A watcher of a clone, and the number of changes that it reported."""

    folder: Path
    reports: int = 0

    def __post_init__(self) -> None:
        self.watcher = Watcher(self.folder, None, "main", self._report)

    def _report(self) -> None:
        self.reports += 1

    def look(self) -> bool:
        """Look once; return whether a change was reported."""
        before = self.reports
        self.watcher.look()
        return self.reports > before

    def index(self) -> str:
        """Return the text of the overview."""
        found = Snapshot.read(self.folder, remotes=self.watcher.views)
        return page(found, "index.html").text


@pytest.fixture
def observed(site: Site) -> Observed:
    """The watcher of the site's clone, which has looked once."""
    made = Observed(site.git.dir)
    assert made.look()
    return made


def test_what_others_push_is_fetched_and_reported_once(observed: Observed, other: Site) -> None:
    assert not observed.look()
    deployed(other, "qa")
    assert "qa due" in observed.index()
    assert observed.look()
    assert "qa up to date" in observed.index()
    assert not observed.look()


def test_a_running_deploy_is_shown_until_it_ends(observed: Observed, other: Site) -> None:
    lease = acquire(other.git, "origin", "qa")
    assert observed.look()
    assert (
        f"qa is being deployed by {lease.holder.who}@{lease.holder.host} since" in observed.index()
    )
    lease.release()
    assert observed.look()
    assert "is being deployed" not in observed.index()


def test_a_ref_that_is_no_lease_is_no_deploy(observed: Observed, other: Site) -> None:
    other.git.push("origin", other.tip, "refs/promoter/lease/qa", expect=None)
    assert observed.look()
    assert "is being deployed" not in observed.index()


def test_a_remote_that_is_away_shows_what_it_had_and_since_when(
    observed: Observed, tmp_path: Path
) -> None:
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    assert observed.look()
    assert not observed.look()
    shown = observed.index()
    assert "origin does not respond since" in shown
    assert "qa due" in shown
    (tmp_path / "away.git").rename(tmp_path / "origin.git")
    assert observed.look()
    assert "does not respond" not in observed.index()


def test_a_clone_that_was_never_fetched_is_fetched(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    Git(tmp_path).text("init", "-q", str(folder))
    Git(folder).text("remote", "add", "origin", str(tmp_path / "origin.git"))
    Watcher(folder, None, "main", lambda: None).look()
    assert [each.tip for each in Snapshot.read(folder, remote="origin").sites] == [site.tip]


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """A server of the command line."""
    port = choose(["web"], {})["web"]
    command = (sys.executable, "-m", "promoter", "web", "serve", "--port", str(port))
    with subprocess.Popen(command, cwd=site.git.dir, stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{port}/"
        process.send_signal(signal.SIGINT)


def test_an_open_page_is_told_without_asking(address: str, other: Site) -> None:
    assert "live.js" in fetched(address)
    assert "EventSource" in fetched(f"{address}live.js")
    with httpx.stream("GET", f"{address}events", trust_env=False, timeout=60) as response:
        lines = response.iter_lines()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert next(line for line in lines if line.startswith("event:")) == "event: ready"
        deployed(other, "qa")
        while "qa up to date" not in Document(fetched(address)).text:
            assert next(line for line in lines if line.startswith("event:")) == "event: changed"
