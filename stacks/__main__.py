"""The app of cdktf.json: ``python -m stacks`` synthesizes every stack into cdktf.out.

``LANA_STACKS="local-staging local-qa"`` limits it to the named stacks: nothing else is imported
or validated. ``CDKTF_OUTDIR`` (set by the CDK Terrain CLI) names another output folder.
Exit code 0, or 1 with one line per problem on standard error.
"""

import os
import sys
from pathlib import Path

from modules.errors import ModuleError
from stacks.app import requested_stacks, synthesize
from stacks.errors import StacksError


def main() -> int:
    """Synthesize; return the exit code."""
    try:
        synthesize(Path(__file__).absolute().parents[1], requested_stacks(os.environ))
    except (StacksError, ModuleError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
