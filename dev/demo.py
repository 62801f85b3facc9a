"""One change travels from a commit to a gated production, on this machine alone.

Everything is real but the cloud: etcd, the Kubernetes control plane, OpenTofu with its helm
provider, Helm, an OCI registry, git with bare remotes. The nodes are simulated (kwok). All
of it is below ``.local/demo``; every run begins anew. ``python -m dev.demo --help``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from dev.journey import Journey, Mistaken
from dev.scene import Scene
from promoter.common.errors import PromoterError

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Play the journey; 0 when every step went as the design says."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "demo")
    parser.add_argument("--keep", action="store_true", help="leave the platform running")
    options = parser.parse_args()
    began = time.monotonic()
    scene = Scene(ROOT, options.folder.resolve())
    try:
        scene.clear()
        scene.prepare()
        Journey(scene).play()
    except (PromoterError, Mistaken) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 1
    finally:
        if not options.keep:
            scene.close()
    print(f"\n{time.monotonic() - began:.0f} s. The report is {scene.report}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
