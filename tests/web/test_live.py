"""The watcher and the events: a moved remote, a running deploy, and a remote that is away."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from dev.serving import serving
from promoter.cli.unexpected import explained
from promoter.common.holder import Holder
from promoter.common.process import _mark
from promoter.deploy.lease import acquire
from promoter.git import Git, Identity
from promoter.site.site import Site
from promoter.web.snapshot import Snapshot
from promoter.web.watcher import Watcher
from tests.site.repository import deployed, site
from tests.web.document import Document, page

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
    decided: bool = False

    def __post_init__(self) -> None:
        self.now = datetime.now(UTC)
        self.watcher = Watcher(
            self.folder, None, "main", self._report, explained, clock=lambda: self.now
        )

    def _report(self, decided: bool) -> None:
        self.reports += 1
        self.decided = decided

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


def test_long_histories_are_indexed_and_another_writer_is_no_problem(
    observed: Observed, other: Site
) -> None:
    index = observed.folder / ".git" / "objects" / "info" / "commit-graphs" / "commit-graph-chain"
    before = index.read_text()
    index.with_name(f"{index.name}.lock").touch()
    deployed(other, "qa")
    assert observed.look()
    assert "qa up to date" in observed.index()
    assert index.read_text() == before


def test_a_running_deploy_is_shown_until_it_ends(observed: Observed, other: Site) -> None:
    lease = acquire(other.git, "origin", "qa")
    assert observed.look()
    assert (
        f"qa is being deployed by {lease.holder.who}@{lease.holder.host} since" in observed.index()
    )
    observed.now += timedelta(seconds=65)
    assert observed.look()
    lease.show("tofu apply \x1b[31m<b>qa")
    assert observed.look()
    assert not observed.decided
    assert "(1 min" in observed.index()
    assert ": tofu apply ?[31m<b>qa." in observed.index()
    lease.release()
    assert observed.look()
    assert "is being deployed" not in observed.index()


def test_the_time_of_a_running_deploy_is_shown_anew_and_nothing_is_decided_again(
    observed: Observed, other: Site
) -> None:
    lease = acquire(other.git, "origin", "qa")
    assert observed.look()
    assert not observed.decided
    observed.now += timedelta(seconds=4)
    assert not observed.look()
    observed.now += timedelta(seconds=1)
    assert observed.look()
    assert not observed.decided
    lease.release()
    deployed(other, "qa")
    assert observed.look()
    assert observed.decided


def lease_of(site: Site, holder: Holder) -> None:
    """Put the lease of another machine on QA."""
    tree = site.git.output("mktree").decode().strip()
    identity = Identity("a test", "test@localhost")
    made = site.git.commit_tree(tree, [], json.dumps(dataclasses.asdict(holder)), identity)
    site.git.push("origin", made, "refs/promoter/lease/qa", expect=None)


def test_a_killed_deploy_is_shown_until_its_lease_expires(observed: Observed, other: Site) -> None:
    holder = Holder.this_process(observed.now, timedelta(minutes=5))
    lease_of(other, dataclasses.replace(holder, host="elsewhere"))
    assert observed.look()
    assert "qa is being deployed by" in observed.index()
    observed.now += timedelta(minutes=5)
    assert observed.look()
    assert "is being deployed" not in observed.index()


def test_a_deploy_that_was_killed_here_is_not_shown(observed: Observed, other: Site) -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        holder = dataclasses.replace(
            Holder.this_process(observed.now),
            pid=process.pid,
            process_started=_mark(process.pid) or "",
        )
        lease_of(other, holder)
        assert observed.look()
        assert "qa is being deployed by" in observed.index()
        process.kill()
    assert observed.look()
    assert "is being deployed" not in observed.index()


def test_pages_are_judged_again_every_minute(observed: Observed) -> None:
    observed.now += timedelta(seconds=59)
    assert not observed.look()
    observed.now += timedelta(seconds=1)
    assert observed.look()
    assert not observed.look()


def test_an_unexpected_error_is_shown_and_the_next_query_is_made(
    observed: Observed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("token=abcdefghijkl")

    for name in ("Watcher._sites", "running_deploys"):
        with monkeypatch.context() as patched:
            patched.setattr(f"promoter.web.watcher.{name}", fail)
            observed.watcher._refs.clear()
            assert observed.look()
            assert not observed.look()
            shown = observed.index()
            assert "origin cannot be queried since" in shown
            assert "unexpected RuntimeError" in shown
            assert "abcdefghijkl" not in shown
        assert observed.look()
        assert "cannot be queried" not in observed.index()


def test_a_ref_that_is_no_lease_is_no_deploy(observed: Observed, other: Site) -> None:
    other.git.push("origin", other.tip, "refs/promoter/lease/qa", expect=None)
    assert not observed.look()
    assert "is being deployed" not in observed.index()


def test_a_remote_that_is_away_shows_what_it_had_and_since_when(
    observed: Observed, tmp_path: Path
) -> None:
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    assert observed.look()
    assert not observed.look()
    shown = observed.index()
    assert "origin cannot be queried since" in shown
    assert "qa due" in shown
    (tmp_path / "away.git").rename(tmp_path / "origin.git")
    assert observed.look()
    assert "cannot be queried" not in observed.index()


def test_a_clone_that_was_never_fetched_is_fetched(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    Git(tmp_path).text("init", "-q", str(folder))
    Git(folder).text("remote", "add", "origin", str(tmp_path / "origin.git"))
    Watcher(folder, None, "main", lambda decided: None, explained).look()
    assert [each.tip for each in Snapshot.read(folder, remote="origin").sites] == [site.tip]


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with serving(site.git.dir) as found:
        yield found.address


def fetched(address: str) -> str:
    return httpx.get(address, trust_env=False, timeout=60).text


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
