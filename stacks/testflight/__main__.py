"""Synthesize a testflight's stack: ``python -m stacks.testflight``.

The variable TESTFLIGHT describes it as a JSON object: ``ref``, ``created`` and ``holder`` as in
``TestflightNamespace``, and ``keys_from``, the stack whose vault has the keys.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from modules.errors import ModuleError
from stacks.app import new_app
from stacks.environments import MAIN_DEPLOYMENT, discover, select
from stacks.errors import StacksError
from stacks.platforms import PLATFORMS


def main() -> int:
    """Synthesize; return the exit code."""
    try:
        synthesize(Path(__file__).absolute().parents[2], json.loads(os.environ["TESTFLIGHT"]))
    except (StacksError, ModuleError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def synthesize(root: Path, description: dict[str, Any]) -> None:
    """Write the stack to cdktf.out (or ``CDKTF_OUTDIR``); raises ``StacksError``."""
    (source,) = select(discover(root, tuple(PLATFORMS)), (description.pop("keys_from"),))
    if source.platform == "local" or source.deployment != MAIN_DEPLOYMENT:
        raise StacksError(f"copy keys from {source.stack}: it has no secrets in a vault")
    blueprint: Any = PLATFORMS[source.platform](source)
    app = new_app(root)
    from stacks.testflight.stack import TestflightStack

    TestflightStack(app, blueprint, description)
    app.synth()


if __name__ == "__main__":
    sys.exit(main())
