from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, NothingNewer, RegistryError
from promoter.programs.registry import Registry
from promoter.release.candidate import create_candidate
from promoter.release.errors import ReleaseError
from promoter.release.images import VERSION
from promoter.release.promotion import promote
from promoter.release.publication import checksums, read_release, release

from .sandbox import DEV, PROGRAM, Sandbox, open_sandbox, quick_release_yml


@pytest.fixture
def sandbox(tmp_path: Path, registry: Registry) -> Sandbox:
    return open_sandbox(tmp_path / "sandbox", registry, quick_release_yml())


def merged(sandbox: Sandbox) -> str:
    """Create, promote and merge a candidate; return its commit."""
    made = create_candidate(sandbox.application)
    sandbox.merge(promote(sandbox.application))
    return made.commit


def test_everything_names_the_candidates_commit(sandbox: Sandbox) -> None:
    commit = merged(sandbox)
    sandbox.commit("feat: after the merge")

    made = release(sandbox.application)

    assert (str(made.version), made.commit) == ("0.1.0", commit)
    assert sandbox.git.commit("refs/tags/0.1.0") == commit
    assert sandbox.git.file("version", "version") == b"0.1.0\n"
    for image in made.images:
        for tag in ("latest", "0.1.0"):
            assert sandbox.application.registry.digest(image.name, tag) == image.digest
        labels = sandbox.application.registry.config(image.name, "latest")["config"]["Labels"]
        assert labels["org.opencontainers.image.revision"] == commit
        # Dagster's carries no version: it is the candidate's image.
        own = image.name == "dagster-code-location-lana-dw"
        assert labels[VERSION] == ("0.1.0-rc.1" if own else "0.1.0")
    assert read_release(sandbox.application) == made


def test_the_release_has_the_reviewed_notes_the_binary_and_its_checksum(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    commit = create_candidate(sandbox.application).commit
    pull = promote(sandbox.application)
    written = (sandbox.git.file(pull.head_commit, "CHANGELOG.md") or b"").decode()
    reworded = written.replace("The application", "The very first application")
    pushed = sandbox.git.commit_files(
        pull.head_commit, {"CHANGELOG.md": reworded.encode()}, "docs: wording", author=DEV
    )
    sandbox.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    sandbox.merge(sandbox.application.forge.pull_request(pull.number))

    release(sandbox.application)

    there = sandbox.application.forge.release("0.1.0")
    assert there is not None
    assert (there.draft, there.commit, there.name) == (False, commit, "v0.1.0")
    assert there.notes == "### Features\n\n- The very first application\n"
    for asset in there.assets:
        content = sandbox.application.forge.asset("0.1.0", asset.name)
        (tmp_path / asset.name).write_bytes(content)
    assert (tmp_path / "lana-cli").read_bytes() == PROGRAM
    subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.txt"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )


def test_a_second_run_publishes_nothing_twice(sandbox: Sandbox) -> None:
    merged(sandbox)
    made = release(sandbox.application)
    refs = sandbox.git.lines("for-each-ref")
    assert release(sandbox.application) == made
    assert release(sandbox.application, 1) == made
    assert sandbox.git.lines("for-each-ref") == refs


def test_nothing_is_released_before_the_merge(sandbox: Sandbox) -> None:
    with pytest.raises(NothingNewer, match="no promote-rc pull request"):
        release(sandbox.application)
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    with pytest.raises(NotCleared, match="it is open, not merged"):
        release(sandbox.application)
    sandbox.application.forge.close_pull_request(pull.number)
    with pytest.raises(NotCleared, match="it is closed, not merged"):
        release(sandbox.application, pull.number)
    with pytest.raises(NothingNewer, match="no such release"):
        read_release(sandbox.application)
    assert sandbox.tags() == ["0.1.0-rc.1"]


def test_a_merged_pull_request_with_other_files_releases_nothing(sandbox: Sandbox) -> None:
    create_candidate(sandbox.application)
    pull = promote(sandbox.application)
    pushed = sandbox.git.commit_files(pull.head_commit, {"src/x": b"x"}, "feat: x", author=DEV)
    sandbox.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    sandbox.merge(sandbox.application.forge.pull_request(pull.number))
    with pytest.raises(ReleaseError, match="not allowed: src/x"):
        release(sandbox.application)
    assert sandbox.application.forge.release("0.1.0") is None


def test_a_candidate_missing_from_the_registry_releases_nothing(sandbox: Sandbox) -> None:
    merged(sandbox)
    empty = replace(
        sandbox.application.registry, address=f"{sandbox.application.registry.address}/x"
    )
    with pytest.raises(
        RegistryError, match=r"read .*/x/lana-bank:0.1.0-rc.1: the registry does not have it"
    ):
        release(replace(sandbox.application, registry=empty))
    assert sandbox.application.forge.release("0.1.0") is None
    assert sandbox.tags() == ["0.1.0-rc.1"]


def test_an_image_of_that_version_with_another_digest_is_not_overwritten(sandbox: Sandbox) -> None:
    merged(sandbox)
    registry = sandbox.application.registry
    digest = registry.digest("lana-bank", "0.1.0-rc.1")
    assert digest
    registry.tag("lana-bank", digest, "0.1.0")
    with pytest.raises(ReleaseError, match=r"lana-bank: 0\.1\.0 was built for 0\.1\.0-rc\.1"):
        release(sandbox.application)
    assert registry.digest("lana-bank-admin-panel", "0.1.0") is None
    assert sandbox.git.commit("refs/tags/0.1.0") is None


def test_a_draft_or_tag_of_another_commit_is_not_overwritten(sandbox: Sandbox) -> None:
    merged(sandbox)
    other = sandbox.commit("docs: other")
    sandbox.application.forge.draft_release("0.1.0", other, "x", "x")
    with pytest.raises(ReleaseError, match=f"it already exists for commit {other[:12]}"):
        release(sandbox.application)
    sandbox.git.text("tag", "0.1.0", other)
    with pytest.raises(ReleaseError, match=f"the tag is at {other[:12]}"):
        release(sandbox.application)


def test_a_release_with_a_different_file_is_not_published(sandbox: Sandbox) -> None:
    commit = merged(sandbox)
    forge = sandbox.application.forge
    forge.draft_release("0.1.0", commit, "x", "x")
    forge.upload_asset("0.1.0", "lana-cli", b"another")
    with pytest.raises(ReleaseError, match=f"its lana-cli is not the one of commit {commit[:12]}"):
        release(sandbox.application)
    assert sandbox.tags() == ["0.1.0-rc.1"]


def test_completing_an_older_release_does_not_move_latest_back(sandbox: Sandbox) -> None:
    merged(sandbox)
    first = release(sandbox.application)
    sandbox.commit("fix: b")
    merged(sandbox)
    second = release(sandbox.application)
    assert [str(first.version), str(second.version)] == ["0.1.0", "0.1.1"]
    assert release(sandbox.application, 1) == first
    latest = sandbox.application.registry.digest("lana-bank", "latest")
    assert latest == second.images[0].digest
    assert sandbox.git.file("version", "version") == b"0.1.1\n"
    written = (sandbox.git.file("main", "CHANGELOG.md") or b"").decode()
    assert written.index("[0.1.1]") < written.index("[0.1.0]")


def test_checksums_are_sorted_and_of_the_content() -> None:
    expected = hashlib.sha256(b"x").hexdigest()
    assert checksums({"b": b"x", "a": b"x"}) == f"{expected}  a\n{expected}  b\n".encode()
