"""The demo's repository in a browser without JavaScript: one page has all that a reader needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Locator

from dev import situations
from dev.scene import Scene
from dev.screenshot import FILE, screenshot
from dev.serving import serving
from tests.scene_fixture import scene_in
from tests.web.chromium.chromium import chromium, violations, visitor

__all__ = ["chromium"]

pytestmark = pytest.mark.heavy

PIPELINE = "deployments/local.html"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
RUNS = rf"version 1, source [0-9a-f]{{12}}, chart [0-9a-f]{{12}}, since {TIME}"
WAITS = rf"\d+ files, since {TIME}"
UP_TO_DATE = {"Status": "up to date", "Runs": RUNS}

Facts = Mapping[str, str]
"""The texts about one environment on the page, by their labels."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The demo's repository before anything; its git configuration is that of this process."""
    with scene_in(tmp_path_factory.mktemp("scene")) as scene:
        yield scene


def environments(browser: Browser, scene: Scene) -> dict[str, Facts]:
    """Return the facts of each environment on the pipeline page, without JavaScript."""
    with serving(scene.clone) as served:
        reader = visitor(browser, java_script_enabled=False)
        page = reader.visit(served.address + PIPELINE)
        found = dict(map(facts, page.locator("article").all()))
        assert reader.problems == []
    return found


def facts(article: Locator) -> tuple[str, Facts]:
    """Return the name of the environment that ``article`` is about, and its facts."""
    name, _, status = article.locator("h2").inner_text().partition(" ")
    titles = article.locator("dt").all_inner_texts()
    texts = [" ".join(each.split()) for each in article.locator("dt + dd").all_inner_texts()]
    return name, {"Status": status, **dict(zip(titles, texts, strict=True))}


def require(found: Mapping[str, Facts], expected: Mapping[str, Facts]) -> None:
    """Require exactly the ``expected`` facts, which are regular expressions."""
    assert list(found) == list(expected)
    for name, patterns in expected.items():
        assert found[name].keys() == patterns.keys(), found[name]
        for title, pattern in patterns.items():
            assert re.fullmatch(pattern, found[name][title]), (name, title, found[name][title])


# In this order, each goes on where the one before it ended: as the demo does.
def test_before_qa_one_page_has_version_holds_votes_time_and_command(
    chromium: Browser, scene: Scene
) -> None:
    situations.before_qa(scene)
    due = {
        "Status": "due",
        "Runs": "nothing yet",
        "Waits": WAITS,
        "Approvals": r"None is needed\.",
        "Opens": r"It may be deployed now\.",
        "Next": "promoter deploy local-qa",
    }
    blocked = {
        "Status": "blocked",
        "Runs": "nothing yet",
        "Held by": "Previous environment 'local-qa' not deployed yet",
        "Approvals": r"There is nothing to vote on yet\.",
        "Opens": r"Not by itself\.",
        "Next": "promoter deploy local-qa first",
    }
    expected = {"local-staging": UP_TO_DATE, "local-qa": due, "local-production": blocked}
    require(environments(chromium, scene), expected)


def test_in_a_freeze_one_page_has_version_holds_votes_time_and_command(
    chromium: Browser, scene: Scene
) -> None:
    situations.in_a_freeze(scene)
    found = environments(chromium, scene)
    closed = re.search(r"closed until (\S+)T00:00:00\+00:00", found["local-qa"]["Held by"])
    assert closed
    end = closed[1]
    frozen = {
        "Status": "blocked",
        "Runs": "nothing yet",
        "Waits": WAITS,
        "Held by": rf"closed until {end}T00:00:00\+00:00: year-end freeze",
        "Approvals": r"None is needed\.",
        "Opens": rf"At {end} 00:00 UTC, without a further vote\.",
        "Next": rf"wait until {end}T00:00:00\+00:00; promoter why local-qa --when",
    }
    require({"local-qa": found["local-qa"]}, {"local-qa": frozen})
    require({"local-staging": found["local-staging"]}, {"local-staging": UP_TO_DATE})


def test_before_the_votes_one_page_has_version_holds_votes_time_and_command(
    chromium: Browser, scene: Scene
) -> None:
    situations.before_the_votes(scene)
    held = {
        "Status": "blocked",
        "Runs": "nothing yet",
        "Waits": WAITS,
        "Held by": r"held back by gate [0-9a-f]{12}: \d+ files would change at the tip "
        r"0 of 2 approvals, none of team risk, not counted as authors: erin",
        "Approvals": r"0 of 2\. Who may still vote: rachel, rob\.",
        "Opens": rf"Once it is approved, from {TIME} on\.",
        "Next": r"promoter approve local-production --reason '\.\.\.' "
        r"\(a commit on branch cepler-gates, where it is held at [0-9a-f]{12}\)",
    }
    expected = {"local-staging": UP_TO_DATE, "local-qa": UP_TO_DATE, "local-production": held}
    require(environments(chromium, scene), expected)


def test_the_picture_of_the_readme_is_taken_of_this_page(chromium: Browser, scene: Scene) -> None:
    """`make screenshot` takes it anew; the text and its lines decide its size."""
    with serving(scene.clone) as served:
        taken = size(screenshot(chromium, served.address + PIPELINE))
    width, height = size(FILE.read_bytes())
    assert taken[0] == width
    assert abs(taken[1] - height) < height / 10, "make screenshot"


def size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_the_pages_of_the_demo_have_no_serious_violation(chromium: Browser, scene: Scene) -> None:
    with serving(scene.clone) as served:
        reader = visitor(chromium)
        for path in ("index.html", PIPELINE, "environments/local-production.html"):
            assert violations(reader.visit(served.address + path)) == []
        assert reader.problems == []
