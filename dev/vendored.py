"""Update everything that follows from ``upstream/``: the chart's pins and its vendored copy.

``python -m dev.vendored`` (make upstream) builds the images of upstream/lana-bank, pins their
digests in upstream/galoy-private-charts, and vendors the commit that this folder results in.
Images, commits and pins depend on the files alone, so they are the same on every machine.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from dev.scene import GITHUB, PINS, SOURCE
from promoter.git import Git
from promoter.release.migrations import LISTING, listing, migrations_in
from promoter.release.pinned import VERSION
from promoter.release.placeholders import read_placeholders
from promoter.release.settings import SETTINGS_FILE, parse_settings
from promoter.release.source import source_of_commit
from promoter.release.upstream import export
from promoter.vendoring import sync
from promoter.vendoring.pins import Pin, set_pins

ROOT = Path(__file__).resolve().parent.parent
CHARTS = Path("upstream/galoy-private-charts")
VALUES = CHARTS / "charts" / "lana-bank" / "values.yaml"


def pinned(root: Path, scratch: Path) -> str:
    """Return the chart's values.yaml with the digests of the placeholders of upstream/lana-bank."""
    sample, bare = root / "upstream" / "lana-bank", scratch / "lana-bank.git"
    source = source_of_commit(Git(bare), export(sample, bare))
    images = read_placeholders(sample).images(source, VERSION, SOURCE)
    pins = [
        Pin(
            path=path,
            image=name,
            digest=images[name].digest,
            source=SOURCE,
            commit_ref=source.commit,
            app=name,
        )
        for path, name in PINS.items()
    ]
    return set_pins((root / VALUES).read_bytes().decode(), pins)


def listed(root: Path) -> bytes | None:
    """Return the chart's list of the migrations in upstream/lana-bank; None if it has none."""
    folder = root / "upstream" / "lana-bank"
    chart = parse_settings((folder / SETTINGS_FILE).read_bytes()).chart
    if chart is None or chart.migrations is None:
        return None
    files = (folder / chart.migrations).iterdir()
    return listing(migrations_in({file.name: file.read_bytes() for file in files}))


def vendored_ref(root: Path) -> str:
    """Return the commit that vendir.yml names."""
    found = re.search(r"(?m)^\s+ref: ([0-9a-f]{40})$", (root / "vendir.yml").read_text())
    if found is None:
        raise ValueError("vendir.yml names no commit")
    return found[1]


def main() -> int:
    """Write pins, vendir.yml, its lock and charts/; print the vendored commit."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (ROOT / VALUES).write_bytes(pinned(ROOT, scratch).encode())
        if (migrations := listed(ROOT)) is not None:
            (ROOT / VALUES).with_name(LISTING).write_bytes(migrations)
        ref = export(ROOT / CHARTS, scratch / "galoy-private-charts.git")
        config = scratch / "gitconfig"
        Git(scratch).text(
            "config", "--file", str(config), f"url.{scratch}/.insteadOf", f"{GITHUB}/"
        )
        os.environ["GIT_CONFIG_GLOBAL"] = str(config)
        vendir = ROOT / "vendir.yml"
        vendir.write_text(vendir.read_text().replace(vendored_ref(ROOT), ref))
        sync(ROOT)
    sys.stdout.write(f"charts/lana-bank is {ref}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
