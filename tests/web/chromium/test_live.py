"""Open pages: they follow what others push, what they missed while loading, and a real deploy."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from dev.serving import serving
from promoter.site.site import Site
from promoter.web.server import HOME
from tests.site.repository import deployed, site
from tests.web.chromium.chromium import chromium, visitor
from tests.web.test_live import other

__all__ = ["chromium", "other", "site"]

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
