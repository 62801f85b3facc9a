from __future__ import annotations

import pytest
from chart_rendering import CHART, REPOSITORY, Chart

from promoter.toolchain import Toolchain


@pytest.fixture(scope="session")
def chart() -> Chart:
    return Chart(CHART, Toolchain(REPOSITORY).program("helm"))
