"""Fixtures of the gate's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.reference_programs import CEPLER
from promoter.common.errors import ProgramMissing


@pytest.fixture(scope="session")
def cepler() -> Path:
    """The reference's program."""
    try:
        return CEPLER.built()
    except ProgramMissing as missing:
        pytest.skip(str(missing))
