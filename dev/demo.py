"""Take one change from a commit to a gated production, on this machine alone.

Everything except the cloud is real: etcd, the Kubernetes control plane, OpenTofu with its
helm provider, Helm, an OCI registry, git with bare remotes. The nodes are simulated (kwok).
All of it is below ``.local/demo``; every run starts from nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from dev.journey import DemoError, Journey
from dev.scene import Scene
from promoter.common.errors import PromoterError

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the demo; return 0 if every step had the expected outcome."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "demo")
    parser.add_argument("--keep", action="store_true", help="leave the platform running")
    options = parser.parse_args()
    scene = Scene(ROOT, options.folder.resolve())
    try:
        return run_demo(scene)
    finally:
        if not options.keep:
            scene.close()


def run_demo(scene: Scene) -> int:
    """Run every step from an empty folder; leave the platform running."""
    began = time.monotonic()
    try:
        scene.clear()
        scene.prepare()
        Journey(scene).run()
    except (PromoterError, DemoError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    print(f"\nfinished in {time.monotonic() - began:.0f} s; the report is {scene.report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
