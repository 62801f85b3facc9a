"""Publishing: what is pushed has its evidence, and its digests become the pins."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dev.images import publish, wheel
from promoter.common.errors import PromoterError, UsageError
from promoter.git import Git
from promoter.programs.cosign import Cosign, create_keys
from promoter.programs.registry import Registry
from promoter.release import images
from promoter.release.image_pins import BRANCH
from promoter.release.supply_chain import SupplyChain
from promoter.toolchain import Toolchain
from tests.concourse.test_pipelines import ROOT
from tests.images.pinned import layouts
from tests.release.conftest import crane, registry

__all__ = ["crane", "registry"]

RELOCATABLE = rb"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
"""


@pytest.mark.parametrize("start", [b"#!/work/.venv/bin/python\n", RELOCATABLE], ids=["path", "sh"])
def test_commands_run_with_the_python_of_the_image(tmp_path: Path, start: bytes) -> None:
    """Whatever Python the machine that builds them has on PATH."""
    commands = tmp_path / wheel._SITE / "bin"
    commands.mkdir(parents=True)
    (commands / "promoter").write_bytes(start + b"import promoter\n")
    wheel._finish(tmp_path)
    expected = b"#!/opt/promoter/bin/python3\nimport promoter\n"
    assert (tmp_path / "bin" / "promoter").read_bytes() == expected


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The layouts of small images with the names of ours."""
    return layouts(tmp_path / "built")


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    found = create_keys(Toolchain(ROOT).program("cosign"), tmp_path / "keys")
    monkeypatch.setenv("COSIGN_KEY", str(found[0]))
    return found


def test_every_image_has_its_evidence(
    built: Path, keys: tuple[Path, Path], registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish.main([str(built), "--registry", registry.address]) == 0
    pins = yaml.safe_load(capsys.readouterr().out)
    cosign = Cosign(Toolchain(ROOT).program("cosign"), public_key=str(keys[1]))
    digest = pins["promoter-image"]["digest"]
    for name, found in (
        ("promoter", digest),
        ("cepler-resource", f"sha256:{pins['cepler-resource-image']['tag']}"),
        ("promoter-wheel", pins["promoter-wheel"]["digest"]),
    ):
        image = images.Image(name, registry.repository(name), found)
        commit = Git(ROOT).commit("HEAD") or ""
        assert SupplyChain(cosign, registry).verify(image, commit).commit == commit
    (provenance,) = cosign.verify_attestation(
        registry.reference("promoter", digest), "slsaprovenance1"
    )
    recipe = provenance["buildDefinition"]["buildType"].partition(f"/blob/{commit}/")[2]
    assert (ROOT / recipe).is_file()


def test_nothing_is_pinned_without_a_key(
    built: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("COSIGN_KEY", raising=False)
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    with pytest.raises(UsageError, match=r"read key .*: no such file"):
        publish.main([str(built), "--registry", registry.address, "--remote", str(remote)])
    assert Git(remote).remote_refs(".", "refs/heads/*") == {}


def test_the_pins_are_committed_once_and_again_where_they_change(
    built: Path, tmp_path: Path
) -> None:
    remote = Git(tmp_path / "remote.git")
    subprocess.run(["git", "init", "-q", "--bare", remote.dir], check=True)
    clone = Git(tmp_path / "clone")
    subprocess.run(["git", "clone", "-q", remote.dir, clone.dir], check=True, capture_output=True)
    first = publish.read(built)
    for commit, pushed in (("a" * 40, first), ("b" * 40, first), ("c" * 40, first[:2])):
        publish.pin(pushed, clone, "origin", commit)
    subjects = remote.lines("log", "--format=%s", BRANCH)
    assert subjects == [f"ci: images of {name * 12} [ci skip]" for name in "ca"]


def test_a_folder_without_the_images_is_one_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dev.images.publish", str(tmp_path), "--registry", "r/x"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == PromoterError("").exit_code
    assert done.stderr.startswith("error: read the image in")
