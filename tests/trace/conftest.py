"""A scene with one environment deployed, for all tests of the trace."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deploy.conftest import Stage, stage

__all__ = ["stage"]


@pytest.fixture(scope="module")
def deployed(stage: Stage) -> Iterator[Stage]:
    """Staging runs the vendored chart."""
    done = stage.run("promoter", "deploy", "local-staging")
    assert done.returncode == 0, done.stderr
    yield stage
