from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.common.errors import NotCleared, NothingNewer, RegistryError
from promoter.forge.forge import ReleaseDraft
from promoter.git.objects import SourceFile
from promoter.programs import oci
from promoter.programs.registry import Registry
from promoter.release.candidate import candidate
from promoter.release.errors import ReleaseError
from promoter.release.images import VERSION, build, require_same_but_version
from promoter.release.promotion import promote
from promoter.release.publication import checksums, published, release
from promoter.release.settings import read_settings
from promoter.release.source import source_of_commit

from .shop import DEV, Shop, open_shop, quick_release_yml


@pytest.fixture
def shop(tmp_path: Path, registry: Registry) -> Shop:
    return open_shop(tmp_path / "shop", registry, quick_release_yml())


def merged(shop: Shop) -> str:
    """A candidate, promoted and merged; gives the candidate's commit."""
    made = candidate(shop.application)
    shop.merge(promote(shop.application))
    return made.commit


def test_everything_names_the_candidates_commit(shop: Shop) -> None:
    commit = merged(shop)
    shop.commit("feat: after the merge")

    made = release(shop.application)

    assert (str(made.version), made.commit) == ("0.1.0", commit)
    assert shop.git.commit("refs/tags/0.1.0") == commit
    assert shop.git.file("version", "version") == b"0.1.0\n"
    for image in made.images:
        for tag in ("latest", "0.1.0"):
            assert shop.application.registry.digest(image.name, tag) == image.digest
        labels = shop.application.registry.config(image.name, "latest")["config"]["Labels"]
        assert labels["org.opencontainers.image.revision"] == commit
        assert labels[VERSION] == "0.1.0"
    assert published(shop.application) == made


def test_the_release_has_the_reviewed_notes_the_binary_and_its_checksum(
    shop: Shop, tmp_path: Path
) -> None:
    commit = candidate(shop.application).commit
    pull = promote(shop.application)
    said = (shop.git.file(pull.head_commit, "CHANGELOG.md") or b"").decode()
    reworded = said.replace("The application", "The very first application")
    pushed = shop.git.commit_files(
        pull.head_commit, {"CHANGELOG.md": reworded.encode()}, "docs: wording", author=DEV
    )
    shop.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    shop.merge(shop.application.forge.pull_request(pull.number))

    release(shop.application)

    there = shop.application.forge.release("0.1.0")
    assert there is not None
    assert (there.draft, there.commit, there.name) == (False, commit, "v0.1.0")
    assert there.notes == "### Features\n\n- The very first application\n"
    for asset in there.assets:
        content = shop.application.forge.asset("0.1.0", asset.name)
        (tmp_path / asset.name).write_bytes(content)
    assert (tmp_path / "lana-cli").read_bytes() == shop.git.file(commit, "lana/cli/lana-cli")
    subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.txt"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )


def test_twice_publishes_nothing_twice(shop: Shop) -> None:
    merged(shop)
    made = release(shop.application)
    refs = shop.git.lines("for-each-ref")
    assert release(shop.application) == made
    assert release(shop.application, 1) == made
    assert shop.git.lines("for-each-ref") == refs


def test_nothing_is_released_before_a_person_merges(shop: Shop) -> None:
    with pytest.raises(NothingNewer, match="no promote-rc pull request"):
        release(shop.application)
    candidate(shop.application)
    pull = promote(shop.application)
    with pytest.raises(NotCleared, match="it is open, not merged"):
        release(shop.application)
    shop.application.forge.close_pull_request(pull.number)
    with pytest.raises(NotCleared, match="it is closed, not merged"):
        release(shop.application, pull.number)
    with pytest.raises(NothingNewer, match="there is none"):
        published(shop.application)
    assert shop.tags() == ["0.1.0-rc.1"]


def test_a_merged_pull_request_with_other_files_releases_nothing(shop: Shop) -> None:
    candidate(shop.application)
    pull = promote(shop.application)
    pushed = shop.git.commit_files(pull.head_commit, {"src/x": b"x"}, "feat: x", author=DEV)
    shop.git.text("update-ref", "refs/heads/bot-promote-rc", pushed)
    shop.merge(shop.application.forge.pull_request(pull.number))
    with pytest.raises(ReleaseError, match="not allowed: src/x"):
        release(shop.application)
    assert shop.application.forge.release("0.1.0") is None


def test_a_candidate_that_is_gone_from_the_registry_releases_nothing(shop: Shop) -> None:
    merged(shop)
    empty = replace(shop.application.registry, address=f"{shop.application.registry.address}/x")
    with pytest.raises(RegistryError, match=r"manifest .*/x/lana-bank:0.1.0-rc.1"):
        release(replace(shop.application, registry=empty))
    there = shop.application.forge.release("0.1.0")
    assert there is not None
    assert there.draft
    assert shop.tags() == ["0.1.0-rc.1"]


def test_an_image_of_that_version_with_another_digest_is_not_overwritten(shop: Shop) -> None:
    merged(shop)
    registry = shop.application.registry
    digest = registry.digest("lana-bank", "0.1.0-rc.1")
    assert digest
    registry.tag("lana-bank", digest, "0.1.0")
    with pytest.raises(ReleaseError, match=f"the registry has {digest}"):
        release(shop.application)
    assert registry.digest("lana-bank-admin-panel", "0.1.0") is None
    assert shop.git.commit("refs/tags/0.1.0") is None


def test_a_draft_or_tag_of_another_commit_is_not_overwritten(shop: Shop) -> None:
    merged(shop)
    other = shop.commit("docs: other")
    shop.application.forge.draft_release(ReleaseDraft("0.1.0", other, "x", "x"))
    with pytest.raises(ReleaseError, match=f"there is one of commit {other[:12]}"):
        release(shop.application)
    shop.git.text("tag", "0.1.0", other)
    with pytest.raises(ReleaseError, match=f"the tag is at {other[:12]}"):
        release(shop.application)


def test_a_file_of_the_release_that_is_another_is_not_published(shop: Shop) -> None:
    commit = merged(shop)
    forge = shop.application.forge
    forge.draft_release(ReleaseDraft("0.1.0", commit, "x", "x"))
    forge.upload_asset("0.1.0", "lana-cli", b"another")
    with pytest.raises(ReleaseError, match=f"its lana-cli is not the one of commit {commit[:12]}"):
        release(shop.application)
    assert shop.tags() == ["0.1.0-rc.1"]


def test_a_second_release_and_an_older_one_that_does_not_take_latest_back(shop: Shop) -> None:
    merged(shop)
    first = release(shop.application)
    shop.commit("fix: b")
    merged(shop)
    second = release(shop.application)
    assert [str(first.version), str(second.version)] == ["0.1.0", "0.1.1"]
    assert release(shop.application, 1) == first
    latest = shop.application.registry.digest("lana-bank", "latest")
    assert latest == second.images[0].digest
    assert shop.git.file("version", "version") == b"0.1.1\n"
    said = (shop.git.file("main", "CHANGELOG.md") or b"").decode()
    assert said.index("[0.1.1]") < said.index("[0.1.0]")


def test_a_release_differs_from_its_candidate_in_the_version_only(shop: Shop) -> None:
    source = source_of_commit(shop.application.git, "HEAD")
    settings = read_settings(source)
    recipe = settings.images[1]
    one = build(source, recipe, "0.1.0-rc.1", settings.source)
    other = build(source, recipe, "0.1.0", settings.source)
    require_same_but_version(one, other, recipe, "0.1.0")

    files = {**source.files, "apps/shared-web/serve.py": SourceFile(b"evil", executable=True)}
    tampered = build(replace(source, files=files), recipe, "0.1.0-rc.1", settings.source)
    with pytest.raises(ReleaseError, match=r"differs from its candidate in /app/serve.py$"):
        require_same_but_version(tampered, other, recipe, "0.1.0")

    as_root = build(source, recipe.model_copy(update={"user": "0"}), "0.1.0-rc.1", settings.source)
    with pytest.raises(ReleaseError, match=r"in configuration User$"):
        require_same_but_version(as_root, other, recipe, "0.1.0")

    elsewhere = build(replace(source, commit="f" * 40), recipe, "0.1.0-rc.1", settings.source)
    with pytest.raises(ReleaseError, match=r"in configuration Env, configuration Labels$"):
        require_same_but_version(elsewhere, other, recipe, "0.1.0")


def test_a_layer_that_removes_a_file_is_a_difference(shop: Shop) -> None:
    source = source_of_commit(shop.application.git, "HEAD")
    settings = read_settings(source)
    recipe = settings.images[0]
    image = build(source, recipe, "0.1.0", settings.source)
    whiteout = oci.layer({"/bin/.wh.lana-cli": SourceFile(b"")})
    removed = replace(image, layers=(*image.layers, whiteout))
    with pytest.raises(ReleaseError, match=r"/bin/\.wh\.lana-cli"):
        require_same_but_version(removed, image, recipe, "0.1.0")
    with tarfile.open(fileobj=io.BytesIO(whiteout.tar)) as archive:
        assert archive.getnames() == ["bin", "bin/.wh.lana-cli"]


def test_checksums_are_sorted_and_of_the_content() -> None:
    expected = hashlib.sha256(b"x").hexdigest()
    assert checksums({"b": b"x", "a": b"x"}) == f"{expected}  a\n{expected}  b\n".encode()
