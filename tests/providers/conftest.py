"""The real azurerm provider, built once and served to OpenTofu from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.progress import Silent
from promoter.toolchain import Toolchain
from promoter.toolchain.cache import Cache
from promoter.toolchain.providers import environment, mirror
from tests.providers.azurerm_stack import Tofu
from tests.providers.obtained import Obtained
from tests.stacks.stack_tree import REPOSITORY, Tree, copy_tree

PROVIDER = "terraform-provider-azurerm"


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return Toolchain(REPOSITORY)


@pytest.fixture
def tofu(toolchain: Toolchain, tmp_path: Path) -> Tofu:
    """OpenTofu that gets azurerm, and no other provider, from the mirror."""
    cache = Cache(toolchain.cache)
    version = toolchain.pin(PROVIDER).release
    served = mirror(cache, "azurerm", toolchain.program(PROVIDER), version, Silent())
    program = toolchain.program("tofu")
    return Tofu(program, tmp_path / "stack", environment(served, program))


@pytest.fixture(scope="session")
def obtained(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Obtained:
    """Providers that OpenTofu can install besides azurerm."""
    return Obtained(toolchain.program("tofu"), tmp_path_factory.mktemp("providers"))


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy of what stacks are built from, with every stack synthesized."""
    tree = copy_tree(tmp_path_factory.mktemp("stacks") / "tree")
    tree.synthesize()
    return tree
