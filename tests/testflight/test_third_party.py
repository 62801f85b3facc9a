"""A real Keycloak and a real Dagster behind the smoketest, as where they are on PATH."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.smoketest.report import Report
from promoter.smoketest.smoketest import SmoketestTarget, examined
from promoter.toolchain.packages import python_environment
from tests.charts.keycloak_server import CACHE, MISSING, available, distribution
from tests.testflight.conftest import Application, Installation, values

LOCK = Path(__file__).parent / "dagster/requirements.lock"
DAGSTER = "Dagster has loaded the code location"

pytestmark = pytest.mark.slow


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


def seen(report: Report) -> dict[str, str]:
    return {each.endpoint: f"{each.outcome} {each.detail}".strip() for each in report.asked}


def test_they_answer_with_the_charts_realms_and_the_pinned_code_location(
    application: Application,
    chart: Path,
    installation: Installation,
    place: SmoketestTarget,
    keycloak: Path,
    dagster: Path,
) -> None:
    application.released(chart)
    installation.install(chart, values("keycloak", "oathkeeper", "dagster"))
    before = set(keycloak.rglob("*"))
    report = examined("lana-bank", installation.namespace, place)
    assert set(seen(report).values()) == {"passed"}, seen(report)
    assert {"Oathkeeper passes a request with a token", DAGSTER} <= set(seen(report))
    assert report.stand_ins["keycloak"] == str(keycloak)
    assert report.stand_ins["dagster"] == str(dagster)
    assert report.stand_ins["oathkeeper"] == "its contract"
    assert report.stand_ins["server"] == "its image"
    assert set(keycloak.rglob("*")) == before, "what is installed stays as it is"


@pytest.mark.usefixtures("dagster")
def test_a_code_location_that_does_not_load_fails_with_the_reason(
    application: Application, chart: Path, installation: Installation, place: SmoketestTarget
) -> None:
    application.change(
        "dagster/src/definitions.py", "EVENTS =", 'raise RuntimeError("no such table")\nEVENTS ='
    )
    application.released(chart)
    installation.install(chart, values("dagster"))
    found = seen(examined("lana-bank", installation.namespace, place))
    assert found.pop(DAGSTER).startswith("failed data.workspaceOrError")
    assert set(found.values()) == {"passed"}, found
