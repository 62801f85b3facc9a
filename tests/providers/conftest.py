"""The real providers, built once and served to OpenTofu from folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.toolchain import Toolchain
from promoter.toolchain.providers import environment
from tests.providers.azurerm_stack import Tofu
from tests.providers.obtained import Obtained, built_mirror, obtain
from tests.stacks.stack_tree import REPOSITORY, Tree, copy_tree


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return Toolchain(REPOSITORY)


@pytest.fixture
def tofu(toolchain: Toolchain, tmp_path: Path) -> Tofu:
    """OpenTofu that gets azurerm, and no other provider, from the mirror."""
    program = toolchain.program("tofu")
    served = environment(built_mirror(toolchain, "azurerm"), program)
    return Tofu(program, tmp_path / "stack", served)


@pytest.fixture(scope="session")
def obtained(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Obtained:
    """Every provider that OpenTofu can install."""
    return obtain(toolchain, tmp_path_factory.mktemp("providers"))


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy of what stacks are built from, with every stack synthesized."""
    tree = copy_tree(tmp_path_factory.mktemp("stacks") / "tree")
    tree.synthesize()
    return tree
