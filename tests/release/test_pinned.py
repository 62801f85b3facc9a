"""The images that the chart pins, in a registry of one's own."""

from __future__ import annotations

from pathlib import Path

from promoter.git import Git
from promoter.platform import Platform
from promoter.programs.registry import Registry
from promoter.release.pinned import VALUES, provide_pinned

ROOT = Path(__file__).parents[2]
PINNED = 4


def test_the_registry_gets_every_pinned_image_by_its_digest(platform: Platform) -> None:
    address, crane = platform.require().registry, platform.toolchain.program("crane")
    provided = provide_pinned(Git(ROOT), address, crane)
    assert [image.missing for image in provided] == [""] * PINNED
    values = (Git(ROOT).file("HEAD", VALUES) or b"").decode()
    for image in provided:
        assert image.digest in values
        host, _, repository = image.image.partition("/")
        folder, _, name = repository.rpartition("/")
        assert host in ("gcr.io", "us.gcr.io")
        assert Registry(f"{address}/{folder}", crane).digest(name, image.digest) == image.digest


def test_a_pin_that_upstream_does_not_result_in_is_named(
    platform: Platform, tmp_path: Path
) -> None:
    git, values = Git(tmp_path), (ROOT / VALUES).read_bytes()
    git.text("init", "-q")
    first = values.partition(b'digest: "sha256:')[2][:64]
    files = {VALUES: values.replace(first, b"1a" * 32)}
    git.text("update-ref", "HEAD", git.commit_files(None, files, "feat: another pin"))
    running, crane = platform.require(), platform.toolchain.program("crane")
    provide_pinned(Git(ROOT), running.registry, crane)
    other, *rest = provide_pinned(git, running.registry, crane)
    assert [image.missing for image in rest] == [""] * (PINNED - 1)
    assert "that of upstream/lana-bank is missing" in other.missing
    (tmp_path / "upstream").symlink_to(ROOT / "upstream")
    assert (
        "that of upstream/lana-bank has sha256:"
        in provide_pinned(git, running.registry, crane)[0].missing
    )
