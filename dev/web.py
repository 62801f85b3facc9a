"""``make web``: the pages of the playground, or else of the last demo."""

from __future__ import annotations

import os
import sys

from dev.demo import ROOT
from dev.scene import Scene
from promoter.cli import guarded
from promoter.cli.web import serve
from promoter.common.errors import PromoterError


def main() -> int:
    """Serve the pages of the first of the two that exists; return 0."""
    for name in ("play", "demo"):
        scene = Scene(ROOT, ROOT / ".local" / name)
        if scene.clone.exists():
            os.environ["GIT_CONFIG_GLOBAL"] = scene.variables["GIT_CONFIG_GLOBAL"]
            os.chdir(scene.clone)
            serve()
            return 0
    raise PromoterError(
        "serve the pages: there is neither a playground nor a demo", next_step="make play"
    )


if __name__ == "__main__":
    sys.exit(guarded(main))
