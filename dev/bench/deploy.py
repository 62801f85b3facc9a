"""Time of a deploy: ``python -m dev.bench.deploy`` (make bench).

``promoter deploy`` and the bare CDK Terrain CLI upgrade the same release on one embedded platform,
in turn, each to another change of the chart. Both synthesize, plan and apply; only promoter
decides, checks, verifies, smoketests and records.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dev.scene import Scene
from promoter.common.progress import Silent
from promoter.git import Git
from promoter.synthesis.stack import Stack, target_of
from promoter.toolchain import Toolchain

ROOT = Path(__file__).resolve().parents[2]
NAME = "local-staging"
ROUNDS = int(os.environ.get("ROUNDS", "7"))
LIMIT = 1.15
VALUES = Path("charts/lana-bank/values.yaml")


@dataclass(frozen=True)
class Bench:
    """A clone with a platform, on which ``NAME`` is deployed."""

    scene: Scene

    @property
    def promoter(self) -> Sequence[str]:
        """Return the gated deploy."""
        return ("promoter", "deploy", NAME)

    @property
    def bare(self) -> Sequence[str]:
        """Return the same change by the CLI alone."""
        options = ("--auto-approve", "--skip-provider-lock")
        return (*self.scene.toolchain.cdktn(), "deploy", NAME, *options)

    def bare_environment(self) -> Mapping[str, str]:
        """Return the variables by which the CLI finds the same Terraform, state and cluster."""
        clone = self.scene.clone
        toolchain = Toolchain(clone)
        stack = Stack(NAME, clone, toolchain, target_of(clone, NAME, None), Silent())
        stack.synthesize()
        return stack.cli_environment()

    def change(self, content: str) -> None:
        """Commit another version of the chart's values."""
        (self.scene.clone / VALUES).write_text(content)
        Git(self.scene.clone).text("commit", "--quiet", "--all", "-m", "feat: another change")

    def seconds(self, command: Sequence[str], environment: Mapping[str, str]) -> float:
        """Run ``command`` and return its duration."""
        began = time.perf_counter()
        done = subprocess.run(
            command,
            cwd=self.scene.clone,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        elapsed = time.perf_counter() - began
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return elapsed


def main() -> int:
    """Print the medians and their ratio; return 1 if it exceeds its limit."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(ROOT, Path(folder))
        try:
            scene.build()
            gated, bare = _measured(Bench(scene))
        finally:
            scene.close()
    ratio = statistics.median(gated) / statistics.median(bare)
    for name, runs in (("promoter deploy", gated), ("cdktn deploy", bare)):
        median, least, most = statistics.median(runs), min(runs), max(runs)
        sys.stdout.write(
            f"{name:16} {median:5.2f} s ({least:.2f} to {most:.2f}, {len(runs)} runs)\n"
        )
    sys.stdout.write(f"{'ratio':16} {ratio:5.2f}, at most {LIMIT}\n")
    return 1 if ratio > LIMIT else 0


def _measured(bench: Bench) -> tuple[list[float], list[float]]:
    # Without its compiled modules Python would compile ours anew at every start; nothing is signed.
    dropped = ("PYTHONDONTWRITEBYTECODE", "COSIGN_KEY", "COSIGN_PUBLIC_KEY")
    own = {n: value for n, value in bench.scene.environment.items() if n not in dropped}
    bench.scene.images()
    values = (bench.scene.clone / VALUES).read_text()
    bench.change(f"{values}# the first\n")
    bench.seconds(bench.promoter, own)
    without = bench.bare_environment()
    gated: list[float] = []
    bare: list[float] = []
    for number in range(ROUNDS):
        for runs, command, environment in (
            (gated, bench.promoter, own),
            (bare, bench.bare, without),
        ):
            bench.change(f"{values}# {number} {command[0]}\n")
            runs.append(bench.seconds(command, environment))
    return gated, bare


if __name__ == "__main__":
    sys.exit(main())
