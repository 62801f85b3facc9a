"""A scene for tests: the demo's remotes, clones, people and platform below one folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev.scene import Scene

ROOT = Path(__file__).parents[1]


@contextmanager
def scene_in(folder: Path) -> Iterator[Scene]:
    """Yield an unbuilt scene; this process has its git settings until it is closed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        scene = Scene(ROOT, folder)
        try:
            yield scene
        finally:
            scene.close()
