"""git gives the bytes and the history that were recorded, whatever the caller configured."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from promoter.common.errors import GitError
from promoter.git import Git
from promoter.git.checkout import write_files
from promoter.git.objects import TreeEntry

RECORDED = b"one\nrecorded $Id$\n"


@pytest.fixture
def steered(remote: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with every trick by which a checkout has other bytes than its commit."""
    files = {
        "chart/values.yaml": RECORDED,
        ".gitattributes": b"* filter=evil ident text eol=crlf\n",
    }
    commit = remote.commit_files(remote.commit("main"), files, "feat: chart")
    remote.text("update-ref", "refs/heads/main", commit)
    attributes = tmp_path / "attributes"
    attributes.write_text("* filter=evil\n")
    info = remote.dir / ".git" / "info"
    info.mkdir(exist_ok=True)
    (info / "attributes").write_text("* filter=evil text eol=crlf ident\n")
    configuration = tmp_path / "gitconfig"
    configuration.write_text(
        '[filter "evil"]\n\tsmudge = echo smudged\n\tclean = echo cleaned\n\trequired = true\n'
        f"[core]\n\tattributesFile = {attributes}\n\tautocrlf = true\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
    return remote


@pytest.mark.parametrize("empty", [False, True])
def test_a_work_tree_has_the_bytes_of_the_commit(steered: Git, tmp_path: Path, empty: bool) -> None:
    with steered.worktree(tmp_path / "tree", "main", empty=empty) as tree:
        if empty:
            write_files(tree, tree.dir, tree.listing("HEAD").items())
        assert (tree.dir / "chart/values.yaml").read_bytes() == RECORDED


def test_a_replaced_object_is_not_read(remote: Git, tmp_path: Path) -> None:
    other = remote.write_blob(b"another\n")
    entry = remote.listing("main")["file"]
    before = remote.file("main", "file")
    run = ("git", "-C", str(remote.dir), "replace", entry.blob, other)
    subprocess.run(run, check=True)
    assert remote.file("main", "file") == before
    with remote.worktree(tmp_path / "tree", "main") as tree:
        assert (tree.dir / "file").read_bytes() == before


def test_a_grafted_history_is_not_read(remote: Git) -> None:
    tip = remote.commit("main")
    child = remote.commit_files(tip, {"file": b"2"}, "feat: two")
    (remote.dir / ".git" / "info" / "grafts").write_text(f"{child}\n")
    assert remote.is_ancestor(str(tip), child)


@pytest.mark.parametrize("hook", ["post-checkout", "pre-push", "reference-transaction"])
def test_no_hook_of_the_checkout_runs(clone: Git, tmp_path: Path, hook: str) -> None:
    file = clone.dir / ".git" / "hooks" / hook
    file.parent.mkdir(exist_ok=True)
    ran = tmp_path / "ran"
    file.write_text(f"#!/bin/sh\ntouch {ran}\nexit 1\n")
    file.chmod(0o755)
    with clone.worktree(tmp_path / "tree", "HEAD"):
        clone.push("origin", "HEAD", "refs/heads/side", expect=None)
    assert not ran.exists()


def test_no_monitor_of_the_checkout_runs(clone: Git, tmp_path: Path) -> None:
    ran, monitor = tmp_path / "ran", tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {ran}\n")
    monitor.chmod(0o755)
    clone.text("config", "core.fsmonitor", str(monitor))
    (clone.dir / "file").write_text("changed")
    assert clone.changed() == ["file"]
    assert not ran.exists()


def test_the_hooks_of_a_remote_run_and_their_words_are_kept(remote: Git, clone: Git) -> None:
    hook = remote.dir / ".git" / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho only by pull request >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="remote: only by pull request"):
        clone.push("origin", "HEAD", "refs/heads/side", expect=None)


def test_what_is_in_the_way_is_replaced(remote: Git, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    (folder / "file" / "below").mkdir(parents=True)
    (folder / "linked").symlink_to(outside)
    (folder / "was-a-file").write_text("")
    text, link = remote.write_blob(b"text"), remote.write_blob(b"file")
    entries = {
        "file": TreeEntry("100644", text),
        "linked/inner": TreeEntry("100755", text),
        "was-a-file/inner": TreeEntry("100644", text),
        "link": TreeEntry("120000", link),
    }
    for _ in range(2):
        write_files(remote, folder, entries.items())
    assert not any(outside.iterdir())
    assert (folder / "linked/inner").stat().st_mode & 0o111
    assert not (folder / "file").stat().st_mode & 0o111
    assert (folder / "link").readlink() == Path("file")
    assert (folder / "was-a-file/inner").read_text() == "text"


@pytest.mark.parametrize("path", ["../out", ".git/hooks/a", "a/.GIT/config", "/a", "a//b"])
def test_a_path_out_of_the_work_tree_is_refused(remote: Git, tmp_path: Path, path: str) -> None:
    entry = TreeEntry("100644", remote.write_blob(b"text"))
    with pytest.raises(GitError, match="not a path inside of a work tree"):
        write_files(remote, tmp_path / "folder", [(path, entry)])


def test_titles_are_those_of_the_commits(remote: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    for number, (key, value) in enumerate(
        {"log.showSignature": "true", "i18n.logOutputEncoding": "latin1"}.items()
    ):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    signed = b"tree %b\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\ngpgsig -----BEGIN x\n\n%b\n"
    content = signed % (str(remote.tree("main")).encode(), "féat: x".encode())
    commit = remote.output("hash-object", "-w", "-t", "commit", "--stdin", stdin=content)
    title = remote.output("log", "-1", "--format=%s", commit.decode().strip())
    assert title == "féat: x\n".encode()


def test_a_submodule_is_a_changed_path_whatever_it_says_of_itself(clone: Git) -> None:
    ignored = b'[submodule "sub"]\n\tpath = sub\n\turl = x\n\tignore = all\n'
    old = clone.commit_files("HEAD", {".gitmodules": ignored}, "feat: ignored")
    clone.text("reset", "-q", "--hard", old)
    clone.text("update-index", "--add", "--cacheinfo", f"160000,{old},sub")
    clone.text("commit", "-q", "-m", "feat: submodule")
    assert clone.changed_between(old, "HEAD") == ["sub"]
    assert clone.changed_between(f"{old}...HEAD") == ["sub"]


def test_a_push_moves_one_ref(remote: Git, clone: Git) -> None:
    clone.text("config", "push.followTags", "true")
    clone.text("tag", "-a", "-m", "mine", "1.0.0")
    clone.push("origin", "HEAD", "refs/heads/side", expect=None)
    assert remote.commit("refs/heads/side")
    assert not remote.lines("tag")
