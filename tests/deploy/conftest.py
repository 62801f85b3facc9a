"""A scene of its own for the tests of whole deploys: remotes, a clone, a platform."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.scene import Scene, next_chart_version
from tests.scene_fixture import scene_in


@dataclass
class Stage:
    """The scene, and ways to act in it as a person, or as another person."""

    scene: Scene
    folder: Path

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A finished command in the clone."""
        return subprocess.run(
            command,
            cwd=self.scene.clone,
            env={**self.scene.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        """A command that is under way, in a process group of its own."""
        return subprocess.Popen(
            command,
            cwd=self.scene.clone,
            env={**self.scene.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def change_chart(self, values: str | None = None, **files: str) -> str:
        """Another version of the chart, vendored and pushed; ``files`` by their path."""
        files = {"Chart.yaml": next_chart_version(self.scene.chart_file("Chart.yaml")), **files}
        if values is not None:
            files["values.yaml"] = values
        ref = self.scene.change_chart("feat(chart): another version", files)
        bump = ("promoter", "vendor", "bump", "lana-bank", ref, "--push")
        done = self.run(*bump, "--untested", "these tests are of deploys")
        assert done.returncode == 0, done.stderr
        return ref

    def tofu_that(self, verb: str, *, before: str = "", after: str = "") -> dict[str, str]:
        """Variables with a `tofu` on PATH that runs shell lines around one verb of the real one."""
        real = self.scene.toolchain.program("tofu")
        folder = self.folder / f"tofu-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        script = folder / "tofu"
        script.write_text(
            f'#!/bin/sh\n[ "$1" = {verb} ] && {{ {before or ":"}\n}}\n'
            f'"{real}" "$@"; code=$?\n'
            f'[ "$1" = {verb} ] && {{ {after or ":"}\n}}\nexit $code\n'
        )
        script.chmod(0o755)
        return {"PATH": f"{folder}{os.pathsep}{self.scene.environment['PATH']}"}

    def somebody_pushes(self, path: str, content: str) -> str:
        """A shell line by which another clone of the platform's remote pushes one file."""
        other, remote = self.folder / "other", self.scene.clone / ".local/platform/remote.git"
        return (
            f"rm -rf {other}; git clone -q {remote} {other}"
            f" && cd {other} && mkdir -p $(dirname {path}) && printf '%s' '{content}' >> {path}"
            f" && git add {path} && git commit -qm 'chore: somebody else' && git push -q"
            f" >/dev/null 2>&1; cd - >/dev/null"
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A scene in which the pinned chart is vendored and nothing is deployed yet."""
    with scene_in(tmp_path_factory.mktemp("scene")) as scene:
        scene.build()
        stage = Stage(scene, tmp_path_factory.mktemp("tools"))
        stage.change_chart(scene.pin(scene.chart_file("values.yaml"), scene.images()))
        yield stage
