"""Time of synthesis: ``python -m dev.bench.stacks`` (make bench).

Whole processes, as the CDK Terrain CLI starts them: one stack of each platform, further
stacks, and a hundred environments that are copies of one on Google Cloud.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from promoter.synthesis.app import App
from promoter.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = 100
REPEATED = 3
# Limits in seconds on two otherwise idle cores.
ONE_STACK, FURTHER_STACK, HUNDRED = 3.0, 0.15, 20.0


@dataclass(frozen=True)
class Elapsed:
    """Seconds of wall-clock time and of CPU time."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Bench:
    """A copy of the tree that stacks are built from."""

    tree: Path
    node: Path

    def synthesize(self, *stacks: str) -> Elapsed:
        """Return the fastest of a few runs: the others measure other load on the machine."""
        return min((self._once(stacks) for _ in range(REPEATED)), key=lambda run: run.wall)

    def _once(self, stacks: tuple[str, ...]) -> Elapsed:
        app = App(self.tree, Path(sys.executable), self.node)
        before, started = os.times(), time.perf_counter()
        app.synthesize(self.tree / "cdktf.out", stacks, module="stacks")
        wall, after = time.perf_counter() - started, os.times()
        used = after.children_user + after.children_system
        return Elapsed(wall, used - before.children_user - before.children_system)


def prepared(folder: Path) -> Bench:
    """Return a copy of the tree with ``ENVIRONMENTS`` more environments."""
    for name in ("stacks", "modules", "charts"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "cdktf.json", folder)
    source = folder / "stacks/gcp/galoy-staging"
    for number in range(ENVIRONMENTS):
        shutil.copytree(source, folder / f"stacks/gcp/bench-{number:03}")
    return Bench(folder, Toolchain(ROOT).program("node"))


def main() -> int:
    """Print a row for each case; return 1 if one exceeds its limit."""
    with tempfile.TemporaryDirectory() as folder:
        bench = prepared(Path(folder) / "tree")
        one = bench.synthesize("gcp-bench-000")
        eleven = bench.synthesize(*(f"gcp-bench-{number:03}" for number in range(11)))
        further = (eleven.wall - one.wall) / 10
        hundred = bench.synthesize(*(f"gcp-bench-{number:03}" for number in range(ENVIRONMENTS)))
        rows = [
            ("one stack on Google Cloud", one.wall, one.cpu, ONE_STACK),
            ("one stack on Azure", *_pair(bench.synthesize("azure-volcano-staging")), ONE_STACK),
            ("one local stack", *_pair(bench.synthesize("local-staging")), ONE_STACK),
            ("each further stack", further, (eleven.cpu - one.cpu) / 10, FURTHER_STACK),
            (f"{ENVIRONMENTS} environments", hundred.wall, hundred.cpu, HUNDRED),
        ]
    exceeded = [name for name, wall, _, limit in rows if wall > limit]
    for name, wall, cpu, limit in rows:
        sys.stdout.write(f"{name:28} {wall:7.2f} s, CPU {cpu:6.2f} s, at most {limit:5.2f} s\n")
    return 1 if exceeded else 0


def _pair(elapsed: Elapsed) -> tuple[float, float]:
    return elapsed.wall, elapsed.cpu


if __name__ == "__main__":
    sys.exit(main())
