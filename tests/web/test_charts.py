"""Charts of the metrics: SVG whose title and description say in words what it shows."""

from __future__ import annotations

import re

import pytest

from promoter.site.metrics import Distribution, Sample
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from promoter.web.charts import MOST, chart
from tests.site.repository import deployed, pull, push, site
from tests.web.document import Document, page, snapshot

__all__ = ["site"]


def drawn(*seconds: float, title: str = "recovery time of live") -> str:
    return str(chart(Distribution.of(Sample(each, "c" * 40, "r" * 40) for each in seconds), title))


def heights(svg: str) -> list[float]:
    return [float(each) for each in re.findall(r'<rect [^>]*height="([0-9.]+)"', svg)]


def test_columns_are_in_proportion_and_the_median_is_a_line() -> None:
    svg = drawn(60, 30, 0)
    assert heights(svg) == [120.0, 60.0, 0.0]
    assert re.findall(r'<line [^>]*y1="([0-9.]+)"', svg) == ["60.0"]
    shown = Document(svg)
    assert shown.problems == []
    assert "recovery time of live" in shown.text
    assert "The newest 3 of 3, the oldest of them first: from 0 s to 1 min." in shown.text
    assert "the median of all, 30 s" in shown.text
    (labelled,) = (value for name, value in shown.attributes if name == "aria-labelledby")
    ids = [value for name, value in shown.attributes if name == "id"]
    assert (labelled or "").split() == ids


def test_only_the_newest_are_drawn() -> None:
    svg = drawn(1_000, *[1] * MOST)
    assert heights(svg) == [120.0] * MOST
    assert f"The newest {MOST} of {MOST + 1}" in svg


@pytest.mark.parametrize("seconds", [(0.0, 0.0), (-5.0, 10.0), (0.4,)])
def test_any_length_of_time_can_be_drawn(seconds: tuple[float, ...]) -> None:
    assert all(0 <= each <= 120 for each in heights(drawn(*seconds)))
    assert drawn() == ""


def test_a_hostile_title_is_text() -> None:
    shown = Document(drawn(1, 2, title='"><script>x</script>'))
    assert shown.problems == []
    assert "script" not in shown.tags


def test_the_page_has_a_chart_of_each_length_of_time(site: Site) -> None:
    for number in range(3):
        pull(site)
        push(site.git, {"qa/b": b"%d" % number, "production/c": b"%d" % number})
        site = deployed(site.fetched(), "qa")
        approve(site, propose(site, ApprovalRequest("production", "fine")))
        site = deployed(site.fetched(), "production")
    shown = page(snapshot(site.git.dir), "metrics.html")
    assert shown.tags.count("svg") == shown.tags.count("figure") == 2
    assert "The time between deployments of production, at most" in shown.text
    assert shown.problems == []
