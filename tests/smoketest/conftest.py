"""A chart installed on the shared platform, with the pinned images in its registry."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.scene import PINS, SOURCE
from promoter.git import Git
from promoter.platform import Platform
from promoter.programs.registry import Registry
from promoter.release.pinned import VERSION
from promoter.release.upstream import export
from promoter.smoketest.smoketest import SmoketestTarget
from promoter.vendoring.pins import Pin, set_pins
from tests.platform_fixture import ROOT
from tests.release.conftest import copy_application, push_placeholders

CHART = Path("upstream/galoy-private-charts/charts/lana-bank")
PARTS = (
    "dagster",
    "gotenberg",
    "keycloak",
    "oathkeeper",
    "oauth2Proxy",
    "openTelemetryCollector",
    "postgresql",
)


@dataclass(frozen=True)
class Application:
    """Copies of the sample and of its placeholders that a test may change, and the platform."""

    folder: Path
    platform: Platform

    @property
    def placeholders(self) -> Path:
        return self.folder.parent / "placeholders" / self.folder.name

    def change(self, file: str, old: str, new: str) -> None:
        """Replace ``old`` in one file of the placeholders, which must contain it."""
        path = self.placeholders / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        """Replace the content of one file, which must exist."""
        assert (self.folder / file).is_file()
        (self.folder / file).write_text(text)

    def release(self, chart: Path) -> str:
        """Build and push the images, pin them in ``chart``; return their commit."""
        with tempfile.TemporaryDirectory() as scratch:
            bare = Path(scratch) / "lana-bank.git"
            commit = export(self.folder, bare)
            crane = self.platform.toolchain.program("crane")
            registry = Registry(f"{self.platform.require().registry}/galoyorg", crane)
            images = push_placeholders(Git(bare), registry, VERSION, self.folder)
        digests = {image.name: image.digest for image in images}
        values = chart / "values.yaml"
        pins = [Pin(path, n, digests[n], SOURCE, commit, n) for path, n in PINS.items()]
        values.write_text(set_pins(values.read_text(), pins))
        return commit


@pytest.fixture
def application(platform: Platform, tmp_path: Path) -> Application:
    folder = tmp_path / "lana-bank"
    copy_application(folder)
    made = Application(folder, platform)
    shutil.copytree(ROOT / "upstream" / "placeholders" / "lana-bank", made.placeholders)
    for each in (folder, made.placeholders):
        Git(each).text("init", "--quiet")
    return made


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A copy of the chart that a test may change."""
    folder = tmp_path / "chart"
    shutil.copytree(ROOT / CHART, folder)
    return folder


@pytest.fixture
def target(platform: Platform) -> SmoketestTarget:
    running = platform.require()
    return SmoketestTarget(running.kubeconfig, platform.toolchain, running.registry)


def values(*parts: str) -> dict[str, Any]:
    """Return values that install the server, the portals, and only ``parts``, pinned."""
    pinned = {"image": {"digest": "sha256:" + "5a" * 32}}
    chosen: dict[str, Any] = {
        name: {"enabled": True, **pinned} if name in parts else {"enabled": False} for name in PARTS
    }
    if "dagster" in parts:
        chosen["dagster"] = {"enabled": True, **pinned}
    return {
        "chartHash": "0" * 64,
        "global": {
            "lanaDomain": "test.lana.localhost",
            "environment": "test",
            "secrets": {"mode": "generate"},
        },
        **chosen,
    }


@dataclass(frozen=True)
class HelmNamespace:
    """Helm in one namespace of the shared platform."""

    platform: Platform
    namespace: str

    def install(self, chart: Path, values: Mapping[str, Any]) -> None:
        """Install the chart and wait until it is available."""
        command = ["upgrade", "--install", "lana-bank", str(chart), "--namespace", self.namespace]
        done = subprocess.run(
            [
                self.platform.toolchain.program("helm"),
                *command,
                f"--kubeconfig={self.platform.require().kubeconfig}",
                "--wait",
                "--timeout=120s",
                "--values=-",
            ],
            input=json.dumps(values),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def helm(platform: Platform, namespace: str) -> HelmNamespace:
    return HelmNamespace(platform, namespace)
