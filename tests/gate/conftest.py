"""Fixtures of the gate's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import reference


@pytest.fixture(scope="session")
def cepler() -> Path:
    """The reference's program."""
    try:
        return reference.binary()
    except reference.Missing as missing:
        pytest.skip(str(missing))
