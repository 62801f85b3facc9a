"""Debian's Chromium, driven by Playwright; its tests are skipped where it is not installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from dev.browser import chromium as browser_of_debian
from promoter.common.errors import ProgramMissing
from promoter.common.progress import Silent
from promoter.toolchain.cache import Cache
from promoter.toolchain.packages import node_modules
from tests.platform_fixture import toolchain

AXE = Path(__file__).parent
SERIOUS = ("serious", "critical")
_LEFT = "net::ERR_ABORTED"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser, ended with the module: others may run event loops of their own."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(browser_of_debian())
        except ProgramMissing as missing:
            pytest.skip(f"{missing}: {missing.next_step}")
        yield browser


@dataclass
class Visitor:
    """Somebody with a browser, in which ``problems`` has everything that its console reports."""

    context: BrowserContext
    problems: list[str] = field(default_factory=list)

    def visit(self, address: str) -> Page:
        """Return the loaded page, in a tab of its own."""
        page = self.context.new_page()
        page.on("console", lambda each: self._note(each.text, each.type in ("error", "warning")))
        page.on("pageerror", lambda each: self._note(str(each)))
        # A browser ends the requests of a page that is left.
        page.on(
            "requestfailed",
            lambda each: self._note(f"{each.url}: {each.failure}", each.failure != _LEFT),
        )
        page.on("response", self._check)
        page.goto(address, wait_until="load")
        return page

    def _check(self, response: Response) -> None:
        self._note(f"{response.url}: {response.status}", response.status >= 400)

    def _note(self, text: str, counts: bool = True) -> None:
        if counts:
            self.problems.append(text)


def visitor(browser: Browser, **options: Any) -> Visitor:
    """Return somebody with an empty profile; ``options`` are those of Playwright's context."""
    return Visitor(browser.new_context(**options))


def violations(page: Page) -> list[str]:
    """Return the serious violations that axe-core finds on ``page``, with their elements."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run().then(found => JSON.stringify(found.violations))")
    return [
        f"{page.url}: {each['id']}: {node['html'][:200]}"
        for each in json.loads(found)
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


@cache
def _axe() -> str:
    """Return the script of axe-core, installed from the npm lock of this folder."""
    tools = toolchain()
    cached, node = Cache(tools.cache), tools.program("node")
    folder = node_modules(AXE, "axe-core", cached, node, Silent())
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
