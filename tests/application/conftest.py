from __future__ import annotations

from pathlib import Path

import pytest

from dev.sample_server import SampleServer
from promoter.common.errors import ProgramMissing
from tests.charts.conftest import chart

__all__ = ["chart"]


@pytest.fixture(scope="session")
def server() -> Path:
    """The compiled server of upstream/lana-bank."""
    try:
        return SampleServer().path()
    except ProgramMissing as error:
        pytest.skip(str(error))
