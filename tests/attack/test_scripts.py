"""Every script of this folder: attacks that happened, and what stops each now."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git import Git
from tests.attack.script import Place, Script

FOLDER = Path(__file__).parent


def scripts(folder: str) -> list[object]:
    return [pytest.param(file, id=file.stem) for file in sorted((FOLDER / folder).glob("*.txt"))]


def states(place: Place) -> str:
    git = Git(place.clone)
    return git.text("ls-tree", "-r", git.follow("origin", "main")["main"], "--", "cepler/.cepler")


@pytest.mark.parametrize("file", scripts("refused"))
def test_refused_before_anything_is_applied(small: Place, file: Path) -> None:
    before = states(small)
    small.play(Script.read(file))
    assert not list(small.changes())
    assert states(small) == before


@pytest.mark.slow
@pytest.mark.parametrize("file", scripts("platform"))
def test_on_the_platform(real: Place, file: Path) -> None:
    real.play(Script.read(file))
    assert list(real.changes())
