"""A copy of the tree that stacks are built from, and the app run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.toolchain import Toolchain

REPOSITORY = Path(__file__).parents[2]
CHART = REPOSITORY / "upstream/galoy-private-charts/charts/lana-bank"


@dataclass(frozen=True)
class Tree:
    """A copy of what stacks are built from, whose settings a test may change."""

    root: Path

    def run(self, *stacks: str, **environment: str) -> subprocess.CompletedProcess[str]:
        node = Toolchain(REPOSITORY).program("node").parent
        return subprocess.run(
            [sys.executable, "-B", "-m", "stacks"],
            cwd=self.root,
            env={
                "PATH": f"{node}{os.pathsep}{os.environ['PATH']}",
                "HOME": os.environ["HOME"],
                **({"LANA_STACKS": " ".join(stacks)} if stacks else {}),
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def synthesize(self, *stacks: str, **environment: str) -> None:
        run = self.run(*stacks, **environment)
        assert run.returncode == 0, run.stderr

    def json(self, stack: str) -> dict[str, Any]:
        file = self.root / "cdktf.out/stacks" / stack / "cdk.tf.json"
        loaded: dict[str, Any] = json.loads(file.read_text())
        return loaded

    def values(self, stack: str) -> dict[str, Any]:
        release = self.json(stack)["resource"]["helm_release"]["lana-bank"]
        loaded: dict[str, Any] = json.loads(release["values"][0])
        return loaded


def copy_tree(root: Path) -> Tree:
    """Copy what stacks are built from to ``root``, with the chart's source as vendored chart."""
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("stacks", "modules"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=ignore)
    shutil.copytree(CHART, root / "charts/lana-bank")
    shutil.copy(REPOSITORY / "cdktf.json", root)
    return Tree(root)
