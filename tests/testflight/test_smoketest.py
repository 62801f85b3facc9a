"""The smoketest against installations whose pods are answered for by real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.smoketest.endpoints import declared
from promoter.smoketest.report import Report
from promoter.smoketest.smoketest import SmoketestTarget, smoketest
from tests.platform_fixture import kubectl
from tests.testflight.conftest import Application, Installation, values

pytestmark = pytest.mark.slow


def outcomes(report: Report) -> dict[str, str]:
    return {each.endpoint: each.outcome for each in report.results}


def test_what_is_installed_answers_and_the_rest_is_named(
    application: Application, chart: Path, installation: Installation, place: SmoketestTarget
) -> None:
    application.released(chart)
    installation.install(chart, values())
    report = smoketest("lana-bank", installation.namespace, place)
    assert set(outcomes(report)) == {each.name for each in declared()}
    assert report.count("passed") == 4, report
    assert report.count("not installed") == len(declared()) - 4
    absent = report.absent
    assert {"keycloak", "oathkeeper", "dagster"} <= set(absent)
    told = list(report.lines())
    assert len(told) == 4 + 2
    assert told[4] == f"not installed here: {', '.join(absent)}"
    left = kubectl(place_platform(installation), "-n", installation.namespace, "get", "portforward")
    assert left == ""


def place_platform(installation: Installation):
    return installation.platform


def test_every_part_keeps_its_contract(
    application: Application, chart: Path, installation: Installation, place: SmoketestTarget
) -> None:
    application.released(chart)
    parts = ("keycloak", "oathkeeper", "oauth2Proxy", "dagster", "gotenberg")
    installation.install(chart, values(*parts))
    report = smoketest("lana-bank", installation.namespace, place)
    assert set(outcomes(report).values()) == {"passed"}, report
