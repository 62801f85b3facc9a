"""Whole cloud stacks against all their real providers.

Skipped, with the reason, where these can be had neither from a registry nor from a mirror
(docs/environments.md).
"""

from __future__ import annotations

import json

import pytest

from promoter.toolchain import Toolchain
from tests.providers.azurerm_stack import Stack, Tofu, resources
from tests.providers.obtained import Obtained
from tests.providers.whole import mocked
from tests.stacks.stack_tree import REPOSITORY, Tree

pytestmark = pytest.mark.providers

CLOUD = sorted(
    f"{file.parts[-3]}-{file.parts[-2]}{suffix}"
    for platform in ("azure", "gcp")
    for file in (REPOSITORY / "stacks" / platform).glob("*/shared.yml")
    for suffix in ("", "-foundation")
)


@pytest.fixture(params=CLOUD)
def stack(request: pytest.FixtureRequest, tree: Tree, obtained: Obtained) -> Stack:
    found = tree.json(request.param)
    if reason := obtained.missing(found):
        pytest.skip(f"no registry or mirror has a provider of this stack: {reason}")
    return found


@pytest.fixture
def whole(
    request: pytest.FixtureRequest, toolchain: Toolchain, tree: Tree, obtained: Obtained
) -> Tofu:
    name = request.node.callspec.params["stack"]
    folder = tree.root / "cdktf.out/stacks" / name
    return Tofu(toolchain.program("tofu"), folder, obtained.environment)


@pytest.mark.usefixtures("stack")
def test_a_whole_stack_is_valid(whole: Tofu) -> None:
    done = whole.init()
    assert done.returncode == 0, done.stderr
    found = json.loads(whole.run("validate", "-json").stdout)
    assert found["diagnostics"] == []
    assert found["valid"] is True


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_a_whole_run_with_every_provider_mocked(whole: Tofu, stack: Stack, command: str) -> None:
    assert len(list(resources(stack))) > 25
    run = mocked(whole, stack, command)
    done = run.init()
    assert done.returncode == 0, done.stderr
    done = run.run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 0 failed" in done.stdout
