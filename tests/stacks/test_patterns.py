"""cepler's patterns match inputs that synthesis does not show; tests/lint covers the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.gate.config import read_config
from promoter.gate.patterns import Patterns
from stacks.environments import discover
from stacks.platforms import PLATFORMS

REPOSITORY = Path(__file__).parents[2]
STACKS = tuple(source.stack for source in discover(REPOSITORY, tuple(PLATFORMS)))
BESIDE_THE_APP = (
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "stacks/requirements.lock",
    "charts/lana-bank/.helmignore",
    "charts/lana-bank/values.yaml",
    "dev/toolchain/programs/go.mod",
    "dev/toolchain/terraform-provider-helm/go.sum",
    "dev/toolchain/programs/etcd/main.go",
)
"""Inputs of a deploy that the app does not read itself."""


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
    assert [path for path in BESIDE_THE_APP if not patterns.matches(path)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_no_environment_is_shaped_by_the_settings_of_another(stack: str) -> None:
    patterns = covered()[stack]
    settings = [file.relative_to(REPOSITORY) for file in (REPOSITORY / "stacks").glob("*/*/*.yml")]
    seen = {"-".join(file.parts[1:3]) for file in settings if patterns.matches(file.as_posix())}
    assert seen == {stack}
