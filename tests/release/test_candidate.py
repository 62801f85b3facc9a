from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import NothingNewer, PromoterError, RegistryError
from promoter.git import Git
from promoter.programs.registry import Registry
from promoter.release.application import Application
from promoter.release.candidate import create_candidate
from promoter.release.errors import ReleaseError
from promoter.release.images import VersionBuild

from .sandbox import Sandbox


def test_a_candidate_is_a_tag_four_images_and_the_version_branch(sandbox: Sandbox) -> None:
    commit = sandbox.git.commit("main")
    made = create_candidate(sandbox.application)
    assert (str(made.version), made.commit, len(made.images)) == ("0.1.0-rc.1", commit, 4)
    assert sandbox.git.commit("refs/tags/0.1.0-rc.1") == commit
    assert sandbox.git.file("version", "version") == b"0.1.0-rc.1\n"
    for image in made.images:
        for tag in ("edge", "0.1.0-rc.1"):
            assert sandbox.application.registry.digest(image.name, tag) == image.digest


def test_a_second_run_for_the_same_commit_changes_nothing(sandbox: Sandbox) -> None:
    made = create_candidate(sandbox.application)
    refs = sandbox.git.lines("for-each-ref")
    assert create_candidate(sandbox.application) == made
    assert sandbox.git.lines("for-each-ref") == refs


def test_the_next_commit_is_the_next_candidate(sandbox: Sandbox) -> None:
    first = create_candidate(sandbox.application)
    sandbox.commit("docs: b")
    assert str(create_candidate(sandbox.application).version) == "0.1.0-rc.2"
    edge = sandbox.application.registry.digest("lana-bank", "edge")
    # The first one, looked at again, is what it was and does not take `edge` back.
    assert create_candidate(sandbox.application, first.commit) == first
    assert sandbox.application.registry.digest("lana-bank", "edge") == edge
    assert sandbox.git.file("version", "version") == b"0.1.0-rc.2\n"


def test_without_a_releasing_commit_there_is_no_candidate(sandbox: Sandbox) -> None:
    sandbox.git.text("tag", "0.1.0", "main")
    sandbox.commit("docs: b")
    with pytest.raises(NothingNewer):
        create_candidate(sandbox.application)
    assert sandbox.tags() == ["0.1.0"]


def test_a_commit_that_is_not_on_the_branch_is_refused(sandbox: Sandbox) -> None:
    git = sandbox.application.git
    git.text("config", "user.name", "Dev")
    git.text("config", "user.email", "dev@localhost")
    git.text("commit", "--quiet", "--allow-empty", "--message", "feat: mine alone")
    with pytest.raises(ReleaseError, match="it is not on main"):
        create_candidate(sandbox.application, "HEAD")
    with pytest.raises(ReleaseError, match="no such commit"):
        create_candidate(sandbox.application, "nowhere")


def test_without_a_registry_nothing_is_announced(sandbox: Sandbox) -> None:
    down = Registry("127.0.0.1:9/galoyorg", sandbox.application.registry.crane)
    with pytest.raises(RegistryError):
        create_candidate(replace(sandbox.application, registry=down))
    assert sandbox.tags() == []
    assert sandbox.git.commit("refs/heads/version") is None


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("ci/release/release.yml", None, "read ci/release/release.yml in .*: no such file"),
        ("ci/release/release.yml", b"images: []", "ci/release/release.yml"),
    ],
    ids=["no settings", "invalid settings"],
)
def test_a_commit_that_cannot_be_built_gets_no_tag(
    sandbox: Sandbox, path: str, content: bytes | None, reason: str
) -> None:
    sandbox.commit("feat: b", {path: content})
    with pytest.raises(PromoterError, match=reason):
        create_candidate(sandbox.application)
    assert sandbox.tags() == []
    assert sandbox.application.registry.digest("lana-bank", "0.1.0-rc.1") is None


def test_an_announced_candidate_without_its_images_is_completed(sandbox: Sandbox) -> None:
    commit = sandbox.git.commit("main")
    sandbox.git.text("tag", "0.1.0-rc.1", "main")
    made = create_candidate(sandbox.application)
    assert (str(made.version), made.commit) == ("0.1.0-rc.1", commit)
    for image in made.images:
        assert sandbox.application.registry.digest(image.name, "0.1.0-rc.1") == image.digest


def test_two_concurrent_runs_never_share_a_number(sandbox: Sandbox, tmp_path: Path) -> None:
    first = sandbox.git.commit("main")
    second = sandbox.commit("fix: b")
    sandbox.git.text("clone", "--quiet", str(sandbox.git.dir), str(tmp_path / "other"))
    other = replace(sandbox.application, git=Git(tmp_path / "other"))
    made: list[VersionBuild] = []

    def make(application: Application, commit: str | None) -> None:
        made.append(create_candidate(application, commit or ""))

    threads = [
        threading.Thread(target=make, args=(sandbox.application, first)),
        threading.Thread(target=make, args=(other, second)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert {str(one.version) for one in made} == {"0.1.0-rc.1", "0.1.0-rc.2"}
    assert {one.commit for one in made} == {first, second}
    assert sandbox.git.file("version", "version") == b"0.1.0-rc.2\n"
