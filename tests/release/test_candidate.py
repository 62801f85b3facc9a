from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import NothingNewer, RegistryError
from promoter.git import Git
from promoter.programs.registry import Registry
from promoter.release.application import Application
from promoter.release.candidate import candidate
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild

from .shop import Shop


def test_a_candidate_is_a_tag_four_images_and_the_version_branch(shop: Shop) -> None:
    commit = shop.git.commit("main")
    made = candidate(shop.application)
    assert (str(made.version), made.commit, len(made.images)) == ("0.1.0-rc.1", commit, 4)
    assert shop.git.commit("refs/tags/0.1.0-rc.1") == commit
    assert shop.git.file("version", "version") == b"0.1.0-rc.1\n"
    for image in made.images:
        for tag in ("edge", "0.1.0-rc.1"):
            assert shop.application.registry.digest(image.name, tag) == image.digest


def test_once_more_for_the_same_commit_changes_nothing(shop: Shop) -> None:
    made = candidate(shop.application)
    refs = shop.git.lines("for-each-ref")
    assert candidate(shop.application) == made
    assert shop.git.lines("for-each-ref") == refs


def test_the_next_commit_is_the_next_candidate(shop: Shop) -> None:
    first = candidate(shop.application)
    shop.commit("docs: b")
    assert str(candidate(shop.application).version) == "0.1.0-rc.2"
    edge = shop.application.registry.digest("lana-bank", "edge")
    # The first one, looked at again, is what it was and does not take `edge` back.
    assert candidate(shop.application, first.commit) == first
    assert shop.application.registry.digest("lana-bank", "edge") == edge
    assert shop.git.file("version", "version") == b"0.1.0-rc.2\n"


def test_nothing_to_release(shop: Shop) -> None:
    shop.git.text("tag", "0.1.0", "main")
    shop.commit("docs: b")
    with pytest.raises(NothingNewer):
        candidate(shop.application)
    assert shop.tags() == ["0.1.0"]


def test_a_commit_that_is_not_on_the_branch_is_refused(shop: Shop) -> None:
    git = shop.application.git
    git.text("config", "user.name", "Dev")
    git.text("config", "user.email", "dev@localhost")
    git.text("commit", "--quiet", "--allow-empty", "--message", "feat: mine alone")
    with pytest.raises(ReleaseError, match="it is not on main"):
        candidate(shop.application, "HEAD")
    with pytest.raises(ReleaseError, match="no such commit"):
        candidate(shop.application, "nowhere")


def test_without_a_registry_the_number_is_kept_and_a_rerun_completes_it(shop: Shop) -> None:
    down = Registry("127.0.0.1:9/galoyorg", shop.application.registry.crane)
    with pytest.raises(RegistryError):
        candidate(replace(shop.application, registry=down))
    assert shop.tags() == ["0.1.0-rc.1"]
    assert shop.git.commit("refs/heads/version") is None
    assert str(candidate(shop.application).version) == "0.1.0-rc.1"
    assert shop.git.file("version", "version") == b"0.1.0-rc.1\n"


def test_two_releasers_at_once_never_share_a_number(shop: Shop, tmp_path: Path) -> None:
    first = shop.git.commit("main")
    second = shop.commit("fix: b")
    shop.git.text("clone", "--quiet", str(shop.git.dir), str(tmp_path / "other"))
    other = replace(shop.application, git=Git(tmp_path / "other"))
    made: list[VersionBuild] = []

    def make(application: Application, commit: str | None) -> None:
        made.append(candidate(application, commit or ""))

    threads = [
        threading.Thread(target=make, args=(shop.application, first)),
        threading.Thread(target=make, args=(other, second)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert {str(one.version) for one in made} == {"0.1.0-rc.1", "0.1.0-rc.2"}
    assert {one.commit for one in made} == {first, second}
    assert shop.git.file("version", "version") == b"0.1.0-rc.2\n"
