"""Fixtures for every test."""

from __future__ import annotations

import os

import pytest

from tests.memory import folder_in_memory
from tests.platform_fixture import namespace, platform
from tests.policies_fixture import stacks
from tests.prototypes import prototypes

__all__ = ["namespace", "platform", "prototypes", "stacks"]


def pytest_configure() -> None:
    """Put the temporary folders of all workers in memory."""
    if place := folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move modules with slow tests to the front: a long one must not run alone at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True, scope="session")
def _nobody_in_particular() -> None:
    """The same tests in CI and on a laptop: neither CI's marks nor anybody's git settings."""
    os.environ.pop("CI", None)
    os.environ.pop("TF_CLI_CONFIG_FILE", None)
    os.environ["GIT_CONFIG_NOSYSTEM"] = "1"
