"""``make screenshot``: the page of the README, of the demo's repository before the votes."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from dev import situations
from dev.browser import chromium
from dev.demo import ROOT
from dev.scene import Scene
from dev.serving import serving
from promoter.cli import guarded

FILE = ROOT / "docs" / "page.png"
_WIDTH = 1000


def main() -> int:
    """Write the picture; return 0."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(ROOT, Path(folder))
        for situation in (
            situations.before_qa,
            situations.in_a_freeze,
            situations.before_the_votes,
        ):
            situation(scene)
        with serving(scene.clone) as served, chromium() as browser:
            FILE.write_bytes(screenshot(browser, f"{served.address}deployments/local.html"))
    sys.stdout.write(f"wrote {FILE.relative_to(ROOT)}\n")
    return 0


def screenshot(browser: Browser, address: str) -> bytes:
    """Return the whole page at ``address`` as a PNG."""
    page = browser.new_page(viewport={"width": _WIDTH, "height": 400}, color_scheme="light")
    page.goto(address, wait_until="load")
    return page.screenshot(full_page=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
