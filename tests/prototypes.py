"""Repositories that are built once in a run, and copied for each test that needs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.git import Git


@dataclass(frozen=True)
class Prototypes:
    """The folders that were built below ``folder``, each named after its function."""

    folder: Path

    def copy(self, build: Callable[[Path], object], folder: Path) -> None:
        """Make ``folder`` what ``build`` would make of it; its old repositories are replaced.

        Addresses within the folder follow, since only git's own text files have any.
        """
        origin = self.folder / f"{build.__module__}.{build.__name__}"
        if not origin.exists():
            _build(build, origin)
        for each in filter(Path.is_dir, origin.iterdir()):
            shutil.rmtree(folder / each.name, ignore_errors=True)
        shutil.copytree(origin, folder, symlinks=True, dirs_exist_ok=True)
        for file in folder.rglob("*"):
            if file.name in ("config", "gitconfig", "FETCH_HEAD"):
                file.write_text(file.read_text().replace(str(origin), str(folder)))
        for repository in folder.glob("*/.git"):
            Git(repository.parent).text("update-index", "-q", "--refresh")


def _build(build: Callable[[Path], object], folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
        folder.mkdir(parents=True)
        try:
            build(folder)
        except BaseException:
            shutil.rmtree(folder)
            raise
    for sample in folder.rglob("hooks/*.sample"):
        sample.unlink()


@pytest.fixture(scope="session")
def prototypes(tmp_path_factory: pytest.TempPathFactory) -> Prototypes:
    return Prototypes(tmp_path_factory.mktemp("prototypes"))
