from __future__ import annotations

from pathlib import Path

import pytest

from tests.stacks.stack_tree import Tree, copy_tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copy_tree(tmp_path / "tree")
