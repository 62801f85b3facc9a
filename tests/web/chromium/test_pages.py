"""Every page in Chromium: no serious violation, no console error, hostile text, the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from dev.serving import serving
from promoter.deploy.record import note
from promoter.site.evidence import Evidence, now
from promoter.site.site import Site
from promoter.web.pages import every_path
from promoter.web.rendering import render_page
from promoter.web.server import HOME
from tests.approvals.people import RULES, Controlled, controlled
from tests.site.repository import deployed, pull, site
from tests.web.chromium.chromium import chromium, violations, visitor
from tests.web.document import snapshot
from tests.web.test_pages import FREEZE, HOSTILE

__all__ = ["chromium", "controlled", "site"]

pytestmark = pytest.mark.heavy


@pytest.fixture
def eventful(controlled: Controlled) -> Site:
    """Votes, records, repairs, failed attempts, a freeze, and hostile text."""
    for content in ("4", "5"):
        controlled.change("zoe", content)
        for name in ("bob", "cy"):
            controlled.vote(name)
        controlled.act_as("bot")
        deployed(controlled.site, "production")
    controlled.push("ann", **{"cepler/app.rules.yml": RULES + FREEZE})
    controlled.change("zoe", "3")
    controlled.change("zoe", "2")
    found = controlled.site.fetched()
    pull(found)
    made = found.git.commit_files(found.tip, {"qa/b": b"3"}, f"feat: {HOSTILE}")
    found.git.push("origin", made, "refs/heads/main", expect=found.tip)
    summary = f"{HOSTILE}\n{'x' * 1_000_000}"
    note(found.fetched(), Evidence("app", "qa", "deploy", "failed", made, now(), HOSTILE, summary))
    return found.fetched()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation_or_a_console_error(
    chromium: Browser, eventful: Site, scheme: str
) -> None:
    paths = list(every_path(snapshot(eventful.git.dir)))
    assert "<svg" in render_page(snapshot(eventful.git.dir), "metrics.html")
    assert {"metrics.html", "freezes.html", "environments/production/audit.html"} <= set(paths)
    with serving(eventful.git.dir) as served:
        reader = visitor(chromium, color_scheme=scheme)
        for path in [*paths, "none.html"]:
            page = reader.visit(served.address + path)
            assert violations(page) == []
            page.close()
        assert [each for each in reader.problems if "404" not in each] == []
        # The open page of an error requests its page again.
        answered = {each for each in reader.problems if served.address in each}
        assert answered == {f"{served.address}none.html: 404"}


def test_hostile_text_is_text(chromium: Browser, eventful: Site) -> None:
    with serving(eventful.git.dir) as served:
        reader = visitor(chromium)
        page = reader.visit(f"{served.address}environments/qa.html")
        text = page.locator("main").inner_text()
        assert (
            "feat: <script>alert(1)</script>?[2J?\"'><img src=x onerror=alert(1)> {{ 7*7 }}" in text
        )
        assert page.locator("img, main script, [onerror]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert reader.problems == []


def test_on_a_phone_only_the_wide_tables_scroll(chromium: Browser, eventful: Site) -> None:
    with serving(eventful.git.dir) as served:
        reader = visitor(chromium, viewport={"width": 390, "height": 800})
        for name in ("production", "qa"):
            page = reader.visit(f"{served.address}environments/{name}.html")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            history = page.get_by_role("region", name="Every record")
            assert history.evaluate("each => each.scrollWidth > each.clientWidth")
            approved = history.get_by_role("row").nth(1).get_by_role("cell").nth(3)
            approved.scroll_into_view_if_needed()
            assert approved.inner_text() == ("bob, cy" if name == "production" else "nobody")
            assert approved.bounding_box()["width"] >= 60
            assert violations(page) == []


def test_everything_is_reached_by_keyboard_and_the_focus_is_visible(
    chromium: Browser, eventful: Site
) -> None:
    with serving(eventful.git.dir) as served:
        page = visitor(chromium).visit(served.address + HOME)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Skip to the content"
        assert skip.bounding_box()["x"] >= 0
        reached = set()
        for _ in range(page.locator("a").count()):
            focused = page.locator(":focus")
            reached.add(focused.get_attribute("href"))
            assert focused.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
            page.keyboard.press("Tab")
        links = page.locator("a").evaluate_all("all => all.map(each => each.getAttribute('href'))")
        assert reached == set(links)


def test_print_has_the_content_and_no_navigation(chromium: Browser, eventful: Site) -> None:
    with serving(eventful.git.dir) as served:
        page = visitor(chromium).visit(f"{served.address}deployments/app.html")
        page.emulate_media(media="print")
        assert page.locator("article").first.is_visible()
        assert not page.locator("nav").is_visible()
