"""Resolve refs, and fetch them from every kind of server."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.common.errors import GitError
from promoter.vendoring import sync
from promoter.vendoring.config import GitSource
from promoter.vendoring.errors import RefNotFound, VendorError
from promoter.vendoring.git_source import source_repository
from tests.vendoring.servers import fake_ssh, http_server
from tests.vendoring.sources import CONFIG, Source, Target, git


def resolve(source: Source, ref: str, scratch: Path) -> str:
    with source_repository(GitSource(source.url, ref), scratch / "fetched") as remote:
        return remote.resolve(ref)


def test_every_kind_of_ref(source: Source, tmp_path: Path) -> None:
    first = source.head
    git(source.folder, "tag", "light")
    git(source.folder, "tag", "-a", "-m", "x", "heavy")
    second = source.commit("feat: second")
    tag_object = git(source.folder, "rev-parse", "heavy")
    expected = {
        first: first,
        first[:9]: first,
        "light": first,
        "heavy": first,
        "refs/tags/heavy": first,
        tag_object: first,
        "main": second,
        "origin/main": second,
        second: second,
    }
    for ref, commit in expected.items():
        assert resolve(source, ref, tmp_path) == commit, ref


def test_a_tag_goes_before_a_branch_of_its_name(source: Source, tmp_path: Path) -> None:
    tagged = source.head
    git(source.folder, "tag", "same")
    branched = source.commit("feat: second")
    git(source.folder, "branch", "same")
    assert branched != tagged
    assert resolve(source, "same", tmp_path) == tagged
    assert resolve(source, "origin/same", tmp_path) == tagged


def test_a_branch_that_looks_like_a_sha(source: Source, tmp_path: Path) -> None:
    git(source.folder, "branch", "feedbeef")
    assert resolve(source, "feedbeef", tmp_path) == source.head


@pytest.mark.parametrize(
    "ref",
    [
        "nope",
        "0" * 40,
        "HEAD",
        "abcdef0",
        "main..main",
        "main~0",
        "main^{commit}",
        "a b",
        "main:README.md",
        ":/feat",
    ],
)
def test_an_unknown_ref(source: Source, tmp_path: Path, ref: str) -> None:
    with pytest.raises(RefNotFound) as caught:
        resolve(source, ref, tmp_path)
    assert ref in str(caught.value)
    assert source.url in str(caught.value)
    assert "force-pushed" in caught.value.next_step


def test_a_blob_or_tree_is_not_a_commit(source: Source, tmp_path: Path) -> None:
    git(source.folder, "tag", "file", "HEAD:README.md")
    for ref in ("file", git(source.folder, "rev-parse", "HEAD^{tree}")):
        with pytest.raises(RefNotFound):
            resolve(source, ref, tmp_path)


def test_a_force_pushed_commit_is_not_found_though_the_server_has_it(
    source: Source, tmp_path: Path
) -> None:
    away = source.commit("feat: regretted")
    git(source.folder, "reset", "-q", "--hard", "HEAD^")
    git(source.folder, "cat-file", "-e", away)
    with pytest.raises(RefNotFound, match=away):
        resolve(source, away, tmp_path)


def test_an_old_commit_of_any_branch_is_found(source: Source, tmp_path: Path) -> None:
    git(source.folder, "checkout", "-q", "-b", "side")
    old = source.commit("feat: old")
    source.commit("feat: newer")
    git(source.folder, "checkout", "-q", "main")
    assert resolve(source, old, tmp_path) == old


def test_an_unknown_remote_is_reported_with_address_and_next_step(tmp_path: Path) -> None:
    source = GitSource(f"file://{tmp_path}/nothing", "main")
    with (
        pytest.raises(VendorError, match=r"file://.*/nothing") as caught,
        source_repository(source, tmp_path / "x"),
    ):
        pass
    assert "access" in caught.value.next_step


def test_tags_of_the_lock(source: Source, tmp_path: Path) -> None:
    def tags() -> tuple[str, ...]:
        with source_repository(GitSource(source.url, "main"), tmp_path / "fetched") as remote:
            return remote.lock(remote.resolve("main")).tags

    assert tags() == ()
    git(source.folder, "tag", "v1")
    assert tags() == ("v1",)
    git(source.folder, "tag", "-a", "-m", "x", "v1-annotated")
    assert tags() == ("v1-annotated",)
    head = source.commit("feat: later")
    assert tags() == (f"v1-annotated-1-g{head[:7]}",)


def test_short_ids_have_the_length_that_the_user_configured(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(source.folder, "tag", "v1")
    head = source.commit("feat: later")
    for name, value in (("COUNT", "1"), ("KEY_0", "core.abbrev"), ("VALUE_0", "15")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    with source_repository(GitSource(source.url, "main"), tmp_path / "fetched") as remote:
        assert remote.lock(head).tags == (f"v1-1-g{head[:15]}",)


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("one line", "one line"),
        ("first\n\nbody", "first..."),
        ("\n  first\r\n\r\nbody", "first\r..."),
        ("", ""),
        ("caf\u00e9\n", "caf\u00e9"),
    ],
)
def test_titles(source: Source, tmp_path: Path, message: str, title: str) -> None:
    tree = git(source.folder, "rev-parse", "HEAD^{tree}")
    commit = git(source.folder, "commit-tree", tree, "-p", "HEAD", stdin=message.encode())
    git(source.folder, "update-ref", "refs/heads/titled", commit)
    with source_repository(GitSource(source.url, "titled"), tmp_path / "fetched") as remote:
        assert remote.lock(remote.resolve("titled")).commit_title == title


def test_a_title_that_is_not_utf_8(source: Source, tmp_path: Path) -> None:
    """git itself writes none, other programs do; vendir replaces every invalid byte."""
    head = git(source.folder, "cat-file", "commit", "HEAD").partition("\n\n")[0]
    raw = head.encode() + b"\n\ncut \xe2\x82 off \xff"
    written = ("hash-object", "-w", "-t", "commit", "--literally", "--stdin")
    commit = git(source.folder, *written, stdin=raw)
    git(source.folder, "update-ref", "refs/heads/titled", commit)
    with source_repository(GitSource(source.url, "titled"), tmp_path / "fetched") as remote:
        title = remote.lock(remote.resolve("titled")).commit_title
    assert title == "cut \ufffd\ufffd off \ufffd"


def _synced(target: Target) -> dict[str, bytes]:
    sync(target.folder)
    return {path.name: path.read_bytes() for path in target.chart.rglob("*") if path.is_file()}


def test_smart_http(source: Source, tmp_path: Path) -> None:
    git(source.folder, "config", "uploadpack.allowFilter", "true")
    with http_server(tmp_path) as address:
        config = CONFIG.format(url=f"{address}/charts.git/.git", ref=source.head)
        found = _synced(Target.new(tmp_path / "deployments", config))
    assert found["values.yaml"] == b"replicas: 1\n"


def test_a_server_without_filters_serves_the_same(source: Source, tmp_path: Path) -> None:
    with http_server(tmp_path) as address:
        config = CONFIG.format(url=f"{address}/charts.git/.git", ref=source.head)
        found = _synced(Target.new(tmp_path / "deployments", config))
    assert sorted(found) == [".helmignore", "Chart.yaml", "deployment.yaml", "values.yaml"]


def test_a_server_that_filters_but_refuses_ids(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protocol 0 serves no object by its id unless configured."""
    git(source.folder, "config", "uploadpack.allowFilter", "true")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.version")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "0")
    with http_server(tmp_path) as address:
        url = f"{address}/charts.git/.git"
        with source_repository(GitSource(url, "main"), tmp_path / "fetched") as remote:
            assert remote.filtered
            with pytest.raises(GitError):
                remote.entries(remote.resolve("main"))
        config = CONFIG.format(url=url, ref=source.head)
        found = _synced(Target.new(tmp_path / "deployments", config))
    assert sorted(found) == [".helmignore", "Chart.yaml", "deployment.yaml", "values.yaml"]


def test_ssh_and_insteadof(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "hosts"
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f'[url "git@host.invalid:{tmp_path}/"]\n\tinsteadOf = git@github.com:GaloyMoney/\n'
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_SSH_COMMAND", fake_ssh(tmp_path, log))
    config = CONFIG.format(url="git@github.com:GaloyMoney/charts.git", ref=source.head)
    found = _synced(Target.new(tmp_path / "deployments", config))
    assert found["Chart.yaml"].startswith(b"apiVersion: v2")
    assert set(log.read_text().split()) == {"git@host.invalid"}


def test_a_shallow_depth_is_kept(source: Source, tmp_path: Path) -> None:
    for number in range(3):
        head = source.commit(f"feat: {number}")
    old = git(source.folder, "rev-parse", "HEAD~2")
    with source_repository(GitSource(source.url, "main", depth=1), tmp_path / "fetched") as remote:
        assert remote.resolve("main") == head
        with pytest.raises(RefNotFound):
            remote.resolve(old)


def test_the_temporary_repository_is_removed(source: Source, tmp_path: Path) -> None:
    folder = tmp_path / "fetched"
    with source_repository(GitSource(source.url, "main"), folder):
        assert folder.is_dir()
    assert not folder.exists()


def test_remote_helpers_are_disabled(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    source = GitSource(f"ext::touch {witness}", "main")
    with pytest.raises(VendorError, match="not allowed"), source_repository(source, tmp_path / "x"):
        pass
    assert not witness.exists()
