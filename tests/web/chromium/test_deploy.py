"""An open page while a real deploy runs on the embedded platform."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dev.serving import serving
from tests.deploy.conftest import Stage, stage
from tests.web.chromium.chromium import chromium, visitor
from tests.web.chromium.test_live import SECONDS

__all__ = ["chromium", "stage"]

pytestmark = pytest.mark.heavy


def test_an_open_page_follows_a_real_deploy(
    chromium: Browser, stage: Stage, tmp_path: Path
) -> None:
    """The holder of the lease and the step, then the version; nobody reloads.

    A deploy shows a step that takes over five seconds, so the apply waits until it was seen.
    """
    seen = tmp_path / "seen"
    slow = stage.tofu_that("apply", before=f"until [ -e '{seen}' ]; do sleep 0.2; done")
    assert stage.run("promoter", "plan", "local").returncode == 0  # Creates the platform's remote.
    with serving(stage.scene.clone) as served:
        reader = visitor(chromium)
        page = reader.visit(f"{served.address}environments/local-staging.html")
        expect(page.get_by_text("It was never deployed.")).to_be_visible(timeout=SECONDS)
        with stage.start("promoter", "deploy", "local-staging", **slow) as deploy:
            running = page.get_by_text("local-staging is being deployed by")
            expect(running).to_be_visible(timeout=SECONDS)
            applies = re.compile(r"is being deployed by .* since .*: tofu apply local-staging\.$")
            try:
                expect(page.get_by_text(applies)).to_be_visible(timeout=SECONDS)
            finally:
                seen.touch()
            output, _ = deploy.communicate(timeout=180)
        assert deploy.returncode == 0, output
        expect(running).to_have_count(0, timeout=SECONDS)
        expect(page.get_by_role("link", name="version 1")).to_be_visible(timeout=SECONDS)
        assert reader.problems == []
