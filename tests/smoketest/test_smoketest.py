"""The smoketest of installations with simulated pods, for which real processes answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.smoketest.endpoints import read_endpoints
from promoter.smoketest.report import Report
from promoter.smoketest.smoketest import SmoketestTarget, require_smoketest
from tests.platform_fixture import kubectl
from tests.smoketest.conftest import Application, HelmNamespace, values

pytestmark = pytest.mark.slow


def outcomes(report: Report) -> dict[str, str]:
    return {each.endpoint: each.outcome for each in report.results}


def test_installed_parts_pass_and_the_others_are_listed(
    application: Application, chart: Path, helm: HelmNamespace, target: SmoketestTarget
) -> None:
    application.release(chart)
    helm.install(chart, values())
    report = require_smoketest("lana-bank", helm.namespace, target)
    assert set(outcomes(report)) == {each.name for each in read_endpoints()}
    assert report.count("passed") == 5, report
    assert report.count("not installed") == len(read_endpoints()) - 5
    absent = report.absent
    assert {"keycloak", "oathkeeper", "dagster"} <= set(absent)
    lines = list(report.lines())
    assert len(lines) == 5 + 2
    assert lines[5] == f"not installed: {', '.join(absent)}"
    assert not any(each.fake for each in report.checked)
    assert kubectl(helm.platform, "-n", helm.namespace, "get", "portforward") == ""


def test_every_fake_keeps_the_contract_of_its_part(
    application: Application, chart: Path, helm: HelmNamespace, target: SmoketestTarget
) -> None:
    application.release(chart)
    parts = ("keycloak", "oathkeeper", "oauth2Proxy", "dagster", "gotenberg")
    helm.install(chart, values(*parts))
    report = require_smoketest("lana-bank", helm.namespace, target)
    assert set(outcomes(report).values()) == {"passed"}, report
