"""The server in this process: status codes, headers, and pages that follow what was fetched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from promoter.cli.unexpected import explained
from promoter.site.site import Site
from promoter.web.reader import Reader
from promoter.web.server import create_app
from promoter.web.snapshot import Snapshot
from tests.site.repository import deployed, pull, push, site
from tests.web.document import Document

__all__ = ["site"]


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass(frozen=True)
class Client:
    """A browser that calls the application in this process."""

    reader: Reader

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, **headers)

    def request(self, method: str, path: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(create_app(self.reader, ["localhost"], explained))

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost"
            ) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(send())


@pytest.fixture
def client(site: Site, clock: Clock) -> Client:
    return Client(Reader(lambda: Snapshot.read(site.git.dir, now=clock()), clock))


def test_a_page_allows_no_script_of_another_and_is_not_sent_again(client: Client) -> None:
    first = client.get("/")
    assert first.status_code == 200
    assert first.text == client.get("/index.html").text
    policy = first.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get("/", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/style.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize(
    "path", ["/none.html", "/environments/%3Cb%3E.html", "/a/%2e%2e/b", "/%00"]
)
def test_an_unknown_page_is_404_with_the_same_look(client: Client, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert "No such page" in Document(found.text).text
    assert found.headers["Content-Security-Policy"]


def test_pages_are_only_read(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        refused = client.request(method, "/index.html")
        assert refused.status_code == 405
        assert "Not allowed" in Document(refused.text).text


def test_another_host_is_refused(client: Client) -> None:
    assert client.get("/", Host="attacker.example").status_code == 400


def test_a_page_follows_what_is_fetched(client: Client, site: Site, clock: Clock) -> None:
    assert "qa due" in Document(client.get("/").text).text
    deployed(site, "qa")
    clock.now += timedelta(seconds=2)
    assert "qa up to date" in Document(client.get("/").text).text


def test_windows_are_judged_again_after_a_minute(client: Client, clock: Clock) -> None:
    first = client.get("/").text
    clock.now += timedelta(seconds=30)
    assert client.get("/").text == first
    clock.now += timedelta(seconds=40)
    assert client.get("/").text != first


def test_the_past_is_read_again_only_where_a_branch_moved(
    client: Client, site: Site, clock: Clock
) -> None:
    deployed(site, "qa")
    first = client.reader.snapshot()
    kept = first.approvals("qa")
    clock.now += timedelta(minutes=2)
    client.reader.expire()
    second = client.reader.snapshot()
    assert second.now > first.now
    assert second.approvals("qa") is kept
    pull(site.fetched())
    push(site.git, {"qa/b": b"2"})
    deployed(site, "qa")
    clock.now += timedelta(minutes=2)
    assert len(client.reader.snapshot().approvals("qa")) == 2


def test_a_repository_that_cannot_be_read_is_503(site: Site) -> None:
    reader = Reader(lambda: Snapshot.read(site.git.dir, remote="nowhere"))
    found = Client(reader).get("/environments/qa.html")
    assert found.status_code == 503
    assert "read main of nowhere: it has never been fetched" in Document(found.text).text
    assert "Traceback" not in found.text


def status_and_text(client: Client, path: str) -> tuple[int, str]:
    found = client.get(path)
    assert "Traceback" not in found.text
    document = Document(found.text)
    assert document.problems == []
    return found.status_code, document.text


def test_without_a_gates_branch_every_page_is_there_and_names_it(
    client: Client, site: Site
) -> None:
    site.git.text("push", "-q", "origin", ":refs/heads/cepler-gates")
    site.git.text("update-ref", "-d", "refs/remotes/origin/cepler-gates")
    for path in ("/", "/deployments/app.html", "/environments/production.html", "/freezes.html"):
        status, text = status_and_text(client, path)
        assert status == 200, path
        assert "no gates branch" in text
        assert "no such file" in text


def test_what_cannot_be_read_is_a_page_that_names_the_file(client: Client, site: Site) -> None:
    pull(deployed(site, "qa"))
    broken = {
        "cepler/.cepler/app/production.state": b"current: [",
        "cepler/evidence/app/qa/20260101T000000Z-deploy-failed-0000000.json": b"{",
    }
    push(site.git, broken)
    site.fetched()
    status, text = status_and_text(client, "/environments/qa.html")
    assert (status, "evidence unreadable" in text) == (200, True)
    status, text = status_and_text(client, "/environments/production.html")
    assert (status, "production.state" in text) == (200, True)
    status, text = status_and_text(client, "/environments/production/audit.html")
    assert (status, "production.state" in text) == (500, True)


def test_what_nobody_expected_is_500_without_details(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("token=abcdefghijkl")

    monkeypatch.setattr("promoter.web.server.render_page", fail)
    found = client.get("/")
    assert found.status_code == 500
    assert "abcdefghijkl" not in found.text
    assert "Traceback" not in found.text


def test_without_a_watcher_there_are_no_events_and_no_script(client: Client) -> None:
    assert client.get("/events").status_code == 503
    assert "<script" not in client.get("/").text
