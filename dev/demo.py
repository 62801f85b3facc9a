"""Take one change from a commit to a gated production, on this machine alone.

Everything except the cloud is real: etcd, the Kubernetes control plane, OpenTofu with its
helm provider, Helm, an OCI registry, git with bare remotes. The nodes are simulated (kwok), and
what the application's pipeline would compile and build are placeholders.
All of it is below ``.local/demo``; every run starts from nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from dev.build import Build
from dev.journey import Journey
from dev.scene import Scene
from dev.terminal import DemoError, Terminal
from promoter.cli import guarded
from promoter.common.errors import PromoterError

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the demo; return 0 if every step had the expected outcome."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".local" / "demo")
    parser.add_argument("--keep", action="store_true", help="leave the platform running")
    options = parser.parse_args()
    scene = Scene(ROOT, options.folder.resolve())
    with only_one(scene.folder):
        try:
            run_demo(scene)
        finally:
            if not options.keep:
                scene.close()
    return 0


def run_demo(scene: Scene) -> None:
    """Run every step from an empty folder; leave the platform running.

    Missing programs are built meanwhile. Raises `PromoterError` at the first step that has
    another outcome than expected.
    """
    terminal = Terminal(scene)
    build = Build(scene.root, terminal.show_build)
    try:
        scene.clear()
        scene.prepare()
        Journey(scene, terminal).run()
    except PromoterError as error:
        if build.failure:
            raise DemoError(build.failure) from error
        raise
    finally:
        build.stop()
    print(f"\nfinished in {terminal.elapsed:.0f} s; the report is {scene.report}")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Refuse a second run in ``folder`` while the block runs, naming the first one's process."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(f"{folder}.lock"), Path(f"{folder}.pid")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DemoError(
            f"start in {folder}: process {holder.read_text()} is at work there",
            next_step="wait for it or end it; for a second one: python -m dev.demo --folder ...",
        ) from error
    with lock:
        holder.write_text(str(os.getpid()))
        yield


if __name__ == "__main__":
    sys.exit(guarded(main))
