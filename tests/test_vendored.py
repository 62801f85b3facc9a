"""The committed charts are made from the folders of upstream/; `make upstream` renews them."""

from __future__ import annotations

from pathlib import Path

from dev.vendored import CHARTS, ROOT, VALUES, pinned, vendored_ref
from promoter.release.upstream import export

REMEDY = "run make upstream and commit what it changes"


def test_the_pins_are_the_digests_of_the_images(tmp_path: Path) -> None:
    assert pinned(ROOT, tmp_path) == (ROOT / VALUES).read_bytes().decode(), REMEDY


def test_the_vendored_commit_is_the_one_that_the_charts_folder_makes(tmp_path: Path) -> None:
    assert export(ROOT / CHARTS, tmp_path / "charts.git") == vendored_ref(ROOT), REMEDY


def test_the_vendored_copy_is_the_source() -> None:
    source, copy = ROOT / CHARTS / "charts" / "lana-bank", ROOT / "charts" / "lana-bank"

    def files(folder: Path) -> dict[str, bytes]:
        every = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}

    assert files(copy) == files(source), REMEDY
