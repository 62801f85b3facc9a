"""Whole cloud stacks against all their real providers, where a provider registry answers."""

from __future__ import annotations

import json

import httpx
import pytest

from promoter.toolchain import Toolchain
from tests.providers.azurerm_stack import Tofu
from tests.stacks.stack_tree import REPOSITORY, Tree

pytestmark = pytest.mark.providers

CLOUD = sorted(
    f"{file.parts[-3]}-{file.parts[-2]}"
    for platform in ("azure", "gcp")
    for file in (REPOSITORY / "stacks" / platform).glob("*/shared.yml")
)
REGISTRY = "https://registry.opentofu.org/.well-known/terraform.json"


@pytest.fixture(scope="module")
def registry() -> None:
    """Skips where no provider registry answers."""
    try:
        httpx.get(REGISTRY, timeout=10).raise_for_status()
    except httpx.HTTPError as error:
        pytest.skip(f"no provider registry is in reach ({error}), which whole stacks need")


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("name", CLOUD)
def test_a_whole_stack_is_valid(toolchain: Toolchain, tree: Tree, name: str) -> None:
    folder = tree.root / "cdktf.out/stacks" / name
    tofu = Tofu(toolchain.program("tofu"), folder, {"CHECKPOINT_DISABLE": "1"})
    done = tofu.init()
    assert done.returncode == 0, done.stderr
    found = json.loads(tofu.run("validate", "-json").stdout)
    assert found["diagnostics"] == []
