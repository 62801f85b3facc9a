"""cepler's patterns match inputs that synthesis does not show; tests/lint covers the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.gate.config import read_config
from promoter.gate.patterns import Patterns
from stacks.environments import discover
from stacks.platforms import PLATFORMS

REPOSITORY = Path(__file__).parents[2]
SOURCES = discover(REPOSITORY, tuple(PLATFORMS))
STACKS = tuple(source.stack for source in SOURCES)
BESIDE_THE_APP = (
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "stacks/requirements.lock",
    "charts/lana-bank/.helmignore",
    "charts/lana-bank/values.yaml",
    "dev/toolchain/programs/go.mod",
    "dev/toolchain/programs/go.sum",
    "dev/toolchain/programs/etcd/main.go",
)
"""Inputs of a deploy that the app does not read itself."""


CHART = "charts/lana-bank/"


def covered() -> dict[str, Patterns]:
    """Every stack's patterns, out of all cepler files."""
    found: dict[str, Patterns] = {}
    for file in sorted((REPOSITORY / "cepler").glob("*.yml")):
        for name, environment in read_config(file.read_bytes(), file.name).environments.items():
            found[name] = Patterns((*environment.latest, *environment.propagated))
    return found


def test_every_stack_is_gated_and_every_gated_environment_is_a_stack() -> None:
    assert set(covered()) == set(STACKS)


@pytest.mark.parametrize("stack", STACKS)
def test_every_input_of_a_deploy_is_covered(stack: str) -> None:
    patterns = covered()[stack]
    # A foundation installs no chart.
    needed = [p for p in BESIDE_THE_APP if not (stack.endswith("-foundation") and CHART in p)]
    assert [path for path in needed if not patterns.matches(path)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_environment_is_shaped_by_the_settings_of_another(stack: str) -> None:
    patterns = covered()[stack]
    settings = [file.relative_to(REPOSITORY) for file in (REPOSITORY / "stacks").glob("*/*/*.yml")]
    matched = {file for file in settings if patterns.matches(file.as_posix())}
    source = next(each for each in SOURCES if each.stack == stack)
    assert matched >= {each.relative_to(REPOSITORY) for each in (source.shared, source.settings)}
    assert {REPOSITORY / file.parent for file in matched} == {source.shared.parent}
    if source.platform != "local":
        assert len(matched) == 2
