"""Copies of repositories that were built once: each is complete, clean and its own."""

from __future__ import annotations

from pathlib import Path

from promoter.git import Git
from tests.prototypes import Prototypes
from tests.site.repository import build_site, push


def test_a_copy_is_what_building_makes_and_has_its_own_remote(tmp_path: Path) -> None:
    prototypes = Prototypes(tmp_path / "prototypes")
    for name in ("one", "two"):
        prototypes.copy(build_site, tmp_path / name)
    one, two = (Git(tmp_path / name / "clone") for name in ("one", "two"))
    assert one.text("rev-parse", "HEAD") == two.text("rev-parse", "HEAD")
    assert one.text("diff-files") == ""
    assert one.text("remote", "get-url", "origin") == str(tmp_path / "one/origin.git")
    made = push(one, {"shared/a": b"2"})
    assert Git(tmp_path / "one/origin.git").commit("main") == made
    assert Git(tmp_path / "two/origin.git").commit("main") == two.commit("HEAD") != made


def test_a_copy_takes_the_place_of_the_repositories_there(tmp_path: Path) -> None:
    prototypes = Prototypes(tmp_path / "prototypes")
    prototypes.copy(build_site, tmp_path / "place")
    before = Git(tmp_path / "place/clone").commit("HEAD")
    push(Git(tmp_path / "place/clone"), {"shared/a": b"2"})
    prototypes.copy(build_site, tmp_path / "place")
    assert Git(tmp_path / "place/origin.git").commit("main") == before
