"""The commands of docs/environments.md work, and the generated pages are current."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dev.reference import pages
from promoter.toolchain import Toolchain
from tests.stacks.stack_tree import REPOSITORY, Tree

PAGE = (REPOSITORY / "docs/environments.md").read_text()


def test_the_commands_add_an_environment(tree: Tree) -> None:
    found = re.search(r"(?s)```sh\n(.*?)```", PAGE)
    assert found is not None
    assert len(found[1].splitlines()) < 10
    folders = (Toolchain(REPOSITORY).program("node").parent, Path(sys.executable).parent)
    done = subprocess.run(
        ["bash", "-euc", found[1]],
        cwd=tree.root,
        env={**os.environ, "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stack = tree.json("gcp-volcano-demo")
    assert stack["terraform"]["backend"]["gcs"]["bucket"] == "volcano-demo-tf-state"
    assert tree.values("gcp-volcano-demo")["global"]["lanaDomain"] == "demo.lana.galoy.io"
    assert "volcano-qa" not in str(stack)


@pytest.mark.parametrize("file", pages(), ids=lambda file: str(file.name))
def test_a_generated_page_is_current(file: Path) -> None:
    assert file.read_text() == pages()[file], "write it anew: make generated"
