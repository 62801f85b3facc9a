"""Fixtures of the gate's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memory import tmp_path

from . import reference

__all__ = ["cepler", "tmp_path"]


@pytest.fixture(scope="session")
def cepler() -> Path:
    """The reference's program."""
    try:
        return reference.binary()
    except reference.Missing as missing:
        pytest.skip(str(missing))
