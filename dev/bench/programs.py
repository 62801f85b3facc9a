"""Print the seconds of CPU that each program took to build here, next to the committed ones.

    python -m dev.bench.programs

A program that was not built here, or before its time was kept, has the committed figure twice.
"""

from __future__ import annotations

import sys
from pathlib import Path

from promoter.toolchain import Toolchain
from promoter.toolchain.recipes import RECIPES

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print a row per program."""
    toolchain = Toolchain(ROOT)
    for name, recipe in RECIPES.items():
        sys.stdout.write(f"{name:28} {toolchain.seconds(name):6.0f} s, {recipe.seconds:4} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
