"""Debian's Chromium without a window, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from promoter.common.errors import ProgramMissing


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a running browser, ended with the block; raises `ProgramMissing` where it is not."""
    program = shutil.which("chromium")
    if program is None:
        raise ProgramMissing(
            "start chromium: it is not on PATH", next_step="apt-get install chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()
