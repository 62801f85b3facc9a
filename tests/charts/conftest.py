from __future__ import annotations

import pytest

from promoter.toolchain import Toolchain
from tests.charts.chart_rendering import CHART, REPOSITORY, Chart


@pytest.fixture(scope="session")
def chart() -> Chart:
    return Chart(CHART, Toolchain(REPOSITORY).program("helm"))
