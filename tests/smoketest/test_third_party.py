"""A smoketest with the real Keycloak and Dagster on PATH."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.smoketest.report import PodProgram, Report
from promoter.smoketest.smoketest import SmoketestTarget, run_smoketest
from promoter.toolchain.packages import python_environment
from tests.charts.keycloak_server import CACHE, MISSING, available, distribution
from tests.smoketest.conftest import Application, HelmNamespace, values

LOCK = Path(__file__).parent / "dagster/requirements.lock"
DAGSTER = "Dagster has loaded the code location"
DEFINITIONS = "dagster/src/definitions.py"
# The pinned one also needs dbt and dlt, which its image has; its own tests load it.
CODE_LOCATION = """from dagster import Definitions, asset

@asset
def customers() -> None:
    pass

defs = Definitions(assets=[customers])
"""

pytestmark = pytest.mark.heavy


@pytest.fixture
def dagster(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Dagster's web server, on PATH."""
    folder = python_environment("dagster", LOCK, CACHE, Silent())
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder / "dagster-webserver"


@pytest.fixture
def keycloak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Keycloak whose kc.sh is on PATH, as a link; its folder."""
    if not available():
        pytest.skip(MISSING)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/kc.sh").symlink_to(distribution() / "bin/kc.sh")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return distribution()


def results(report: Report) -> dict[str, str]:
    return {each.endpoint: f"{each.outcome} {each.detail}".strip() for each in report.checked}


def test_they_run_with_the_realms_of_the_chart_and_the_code_location_of_the_image(
    application: Application,
    chart: Path,
    helm: HelmNamespace,
    target: SmoketestTarget,
    keycloak: Path,
    dagster: Path,
) -> None:
    application.write(DEFINITIONS, CODE_LOCATION)
    application.release(chart)
    helm.install(chart, values("keycloak", "oathkeeper", "dagster"))
    before = set(keycloak.rglob("*"))
    report = run_smoketest("lana-bank", helm.namespace, target)
    assert set(results(report).values()) == {"passed"}, results(report)
    assert {"Oathkeeper passes a request with a token", DAGSTER} <= set(results(report))
    assert report.pod_programs["keycloak"] == PodProgram(str(keycloak), fake=False)
    assert report.pod_programs["dagster"] == PodProgram(str(dagster), fake=False)
    assert report.pod_programs["oathkeeper"] == PodProgram("fake oathkeeper", fake=True)
    server = report.pod_programs["server"]
    assert server.program.startswith("image gcr.io/")
    assert not server.fake
    assert set(keycloak.rglob("*")) == before, "the installed Keycloak was changed"


@pytest.mark.usefixtures("dagster")
def test_a_code_location_that_cannot_be_loaded_fails_with_the_reason(
    application: Application, chart: Path, helm: HelmNamespace, target: SmoketestTarget
) -> None:
    application.write(DEFINITIONS, f'{CODE_LOCATION}raise RuntimeError("no such table")')
    application.release(chart)
    helm.install(chart, values("dagster"))
    failed = results(run_smoketest("lana-bank", helm.namespace, target))
    assert failed.pop(DAGSTER).startswith("failed data.workspaceOrError")
    assert set(failed.values()) == {"passed"}, failed
