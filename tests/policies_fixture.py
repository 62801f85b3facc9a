"""Every stack of this repository as `make policy` sees it, rendered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.render import render_stacks
from policies.stack import CheckedStack
from promoter.toolchain import Toolchain


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckedStack]:
    folder = tmp_path_factory.mktemp("policies")
    rendered = render_stacks(Toolchain(Path(__file__).parents[1]), folder)
    return {stack.name: stack for stack in rendered}
