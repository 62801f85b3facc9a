"""The app of cdktf.json: ``python -m stacks`` synthesizes every stack into cdktf.out.

``LANA_STACKS="local-staging local-qa"`` limits it to the stacks named: nothing else is
imported or validated then. ``CDKTF_OUTDIR`` (set by the CDK Terrain CLI) says where to.
Exit code 0, or 1 with one line for each fault on standard error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from modules.errors import ModuleError
from stacks.app import synthesize, wanted_stacks
from stacks.errors import StacksError


def main() -> int:
    """Synthesize; give the exit code."""
    root = Path(__file__).absolute().parent.parent
    try:
        synthesize(root, wanted_stacks(os.environ))
    except (StacksError, ModuleError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
