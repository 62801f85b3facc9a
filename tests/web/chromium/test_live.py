"""Open pages: they follow what others push, what they missed while loading, and a real deploy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dev.serving import serving
from promoter.site.site import Site
from promoter.web.server import HOME
from tests.site.repository import deployed, site
from tests.web.chromium.chromium import chromium, visitor
from tests.web.test_live import other

__all__ = ["chromium", "other", "site"]

pytestmark = pytest.mark.heavy

SECONDS = 60_000
"""Milliseconds in which a change has to show, on a machine with other work."""


def test_an_open_page_shows_what_others_push_and_keeps_the_focus(
    chromium: Browser, site: Site, other: Site
) -> None:
    with serving(site.git.dir) as served:
        reader = visitor(chromium)
        page = reader.visit(served.address + HOME)
        link = page.get_by_role("link", name="production", exact=True)
        link.focus()
        expect(page.get_by_text("due", exact=True)).to_be_visible()
        deployed(other, "qa")
        expect(page.get_by_text("up to date", exact=True)).to_be_visible(timeout=SECONDS)
        expect(link).to_be_focused()
        assert reader.problems == []


def test_what_changes_between_the_page_and_its_stream_is_shown(
    chromium: Browser, site: Site, other: Site
) -> None:
    with serving(site.git.dir) as served:
        reader = visitor(chromium)
        held: list[object] = []
        reader.context.route("**/events", lambda route: held.append(route))
        page = reader.visit(served.address + HOME)
        expect(page.get_by_text("up to date", exact=True)).to_have_count(0)
        deployed(other, "qa")
        fresh = visitor(chromium).visit(served.address + HOME)
        while not fresh.get_by_text("up to date", exact=True).count():
            fresh.reload()
        held[0].continue_()
        expect(page.get_by_text("up to date", exact=True)).to_be_visible(timeout=SECONDS)
        assert reader.problems == []


def test_a_page_whose_remote_is_away_keeps_its_facts_and_says_since_when(
    chromium: Browser, site: Site, other: Site, tmp_path: Path
) -> None:
    deployed(other, "qa")
    remote, away = tmp_path / "origin.git", tmp_path / "away.git"
    with serving(site.git.dir) as served:
        reader = visitor(chromium)
        page = reader.visit(f"{served.address}environments/qa.html")
        expect(page.get_by_role("link", name="version 1")).to_be_visible(timeout=SECONDS)
        started = datetime.now(UTC)
        remote.rename(away)
        gone = datetime.now(UTC)
        stale = page.get_by_role("status").filter(has_text="origin cannot be queried since")
        expect(stale).to_be_visible(timeout=SECONDS)
        since = stale.locator("time").get_attribute("datetime") or ""
        assert started - timedelta(seconds=30) <= datetime.fromisoformat(since) <= gone
        expect(page.get_by_role("link", name="version 1")).to_be_visible()
        bare = visitor(chromium, java_script_enabled=False)
        for path in ("index.html", "deployments/app.html", "environments/qa.html"):
            later = bare.visit(f"{served.address}{path}")
            shown = later.get_by_role("status").locator("time").get_attribute("datetime")
            assert shown == since
            expect(later.get_by_text("up to date", exact=True)).to_be_visible()
        away.rename(remote)
        expect(stale).to_have_count(0, timeout=SECONDS)
        assert [*reader.problems, *bare.problems] == []
