from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from promoter.common.errors import InvalidFile
from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.registry import Registry
from promoter.release.errors import ReleaseError
from promoter.release.placeholders import read_placeholders
from promoter.release.settings import read_settings
from promoter.release.source import source_of_commit

from .conftest import ADDRESS, APPLICATION, commit_all, push_placeholders

NAMES = [
    "lana-bank",
    "lana-bank-admin-panel",
    "lana-bank-customer-portal",
    "dagster-code-location-lana-dw",
]


def built(git: Git, version: str, name: str) -> oci.OciImage:
    source = source_of_commit(git, "HEAD")
    return read_placeholders(APPLICATION).images(source, version, ADDRESS)[name]


def files_in(layer: oci.Layer) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer.content))) as archive:
        return {entry.name: entry for entry in archive}


def test_same_commit_and_version_give_the_same_digest_on_another_clone(
    application: Git, tmp_path: Path
) -> None:
    first = {name: built(application, "1.2.3", name).digest for name in NAMES}
    application.text("config", "core.autocrlf", "true")
    Git(tmp_path).text("clone", "--quiet", str(application.dir), "clone")
    for path in (tmp_path / "clone").rglob("*"):
        os.utime(path, (1, 1))
    assert {name: built(Git(tmp_path / "clone"), "1.2.3", name).digest for name in NAMES} == first
    assert len(set(first.values())) == len(NAMES)


def test_another_version_differs_in_the_version_layer_and_the_labels_only(
    application: Git,
) -> None:
    candidate = built(application, "1.2.3-rc.1", "lana-bank-admin-panel")
    release = built(application, "1.2.3", "lana-bank-admin-panel")
    assert candidate.digest != release.digest
    assert candidate.layers[0] == release.layers[0]
    assert set(files_in(release.layers[1])) == {
        "app",
        "app/apps",
        "app/apps/admin-panel",
        "app/apps/admin-panel/.env",
    }
    assert b"NEXT_PUBLIC_APP_VERSION=1.2.3\n" in release.layers[1].tar
    assert b"NEXT_PUBLIC_APP_NAME=admin-panel\n" in release.layers[1].tar


def test_layers_are_normalized(application: Git) -> None:
    entries = files_in(built(application, "1.2.3", "lana-bank").layers[0])
    assert list(entries) == ["bin", "bin/lana-cli"]
    assert entries["bin/lana-cli"].mode == 0o755
    assert {(e.uid, e.gid, e.mtime) for e in entries.values()} == {(0, 0, 0)}


@pytest.mark.parametrize("size", [0, 1, 0xFFFF, 0xFFFF + 1, 200_000])
def test_a_layer_of_any_size_unpacks(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    layer = oci.layer({"/data": SourceFile(content)})
    assert gzip.decompress(layer.content) == layer.tar
    with tarfile.open(fileobj=io.BytesIO(layer.tar)) as archive:
        data = archive.extractfile("data")
        assert data is not None
        assert data.read() == content


def test_four_labelled_images_are_pushed(application: Git, registry: Registry) -> None:
    images = push_placeholders(application, registry, "0.1.0-rc.1")
    assert [image.name for image in images] == NAMES
    for image in images:
        assert image.reference == f"{registry.address}/{image.name}@{image.digest}"
        assert registry.digest(image.name, "0.1.0-rc.1") == image.digest
        config = registry.config(image.name, image.digest)
        expected = {
            "org.opencontainers.image.created": "2026-01-01T00:00:00Z",
            "org.opencontainers.image.revision": application.commit("HEAD"),
            "org.opencontainers.image.source": "https://github.com/GaloyMoney/lana-bank",
            "org.opencontainers.image.title": image.name,
            "org.opencontainers.image.version": "0.1.0-rc.1",
        }
        assert config["config"]["Labels"] == expected
        assert (config["os"], config["architecture"]) == ("linux", "amd64")
        manifest = json.loads(registry.pull(image.name, image.digest).manifest.content)
        assert manifest["annotations"] == expected
    assert push_placeholders(application, registry, "0.1.0-rc.1") == images


def test_crane_accepts_what_was_pushed(application: Git, registry: Registry) -> None:
    """crane's own validation recomputes every digest and size."""
    for image in push_placeholders(application, registry, "0.1.0-rc.1"):
        subprocess.run(
            [registry.crane, "validate", "--remote", image.reference],
            check=True,
            capture_output=True,
            timeout=60,
        )


def test_a_missing_file_or_wrong_setting_is_named(application: Git) -> None:
    application.text("rm", "-r", "--quiet", "dagster")
    commit_all(application, "fix: break it")
    with pytest.raises(ReleaseError, match=r"read dagster in [0-9a-f]{12}: no such file"):
        built(application, "1.2.3", "dagster-code-location-lana-dw")

    settings = application.dir / "ci" / "release" / "release.yml"
    settings.write_text(settings.read_text().replace("rebuilt: false", "rebuilt: maybe"))
    commit_all(application, "fix: break it otherwise")
    with pytest.raises(InvalidFile, match=r"release\.yml: images\.3\.rebuilt: .*boolean"):
        read_settings(source_of_commit(application, "HEAD"))

    with pytest.raises(ReleaseError, match="read nowhere: no such commit"):
        source_of_commit(application, "nowhere")
