"""The static export: complete, linked, deterministic, and never over other files."""

from __future__ import annotations

from pathlib import Path

import pytest

from promoter.git import Git
from promoter.site.proposal import ApprovalRequest, approve, propose
from promoter.site.site import Site
from tests.command_line import promoter
from tests.site.repository import deployed, pull, push, site
from tests.web.document import Document

__all__ = ["site"]

AT = "2026-11-26T12:00+00:00"


@pytest.fixture
def clone(site: Site, monkeypatch: pytest.MonkeyPatch) -> Git:
    """The working directory: a clone in which QA was deployed twice, and production once."""
    site = deployed(site, "qa")
    approve(site, propose(site, ApprovalRequest("production", "fine")))
    site = deployed(site, "production")
    pull(site)
    push(site.git, {"qa/b": b"2"})
    deployed(site, "qa")
    monkeypatch.chdir(site.git.dir)
    return site.git


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_every_link_resolves_and_the_same_commits_give_the_same_bytes(
    clone: Git, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "below" / "second"
    for folder in (first, second):
        done = promoter("web", "export", str(folder), "--at", AT)
        assert done.code == 0, done.stderr
    written = files(first)
    assert done.stdout == f"wrote {len(written) - 3} pages to {second}\n"
    assert written == files(second)
    assert {
        "index.html",
        "style.css",
        "icon.svg",
        "metrics.html",
        "deployments/app.html",
    } <= written.keys()
    for path, content in written.items():
        if path.endswith(".html"):
            assert Document(content.decode()).internal(path) <= written.keys(), path


def test_an_earlier_export_is_replaced_and_other_files_are_not(clone: Git, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert promoter("web", "export", str(folder)).code == 0
    (folder / "old.html").write_text("from before")
    (folder / ".promoter-web").open("a").write("old.html\n")
    assert promoter("web", "export", str(folder)).code == 0
    assert not (folder / "old.html").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    refused = promoter("web", "export", str(other))
    assert refused.code == 64
    assert "it has files that no export wrote" in refused.stderr
    assert files(other) == {"notes.txt": b"mine"}
    assert promoter("web", "export", str(other / "notes.txt")).code == 64
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_files_that_somebody_added_are_not_lost(clone: Git, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert promoter("web", "export", str(folder)).code == 0
    before = files(folder)
    for name in ("CNAME", "environments/notes.txt", "linked"):
        added = folder / name
        added.symlink_to(tmp_path) if name == "linked" else added.write_text("mine")
        refused = promoter("web", "export", str(folder))
        assert refused.code == 64
        assert f"it has files that no export wrote: {name}" in refused.stderr
        added.unlink()
        assert files(folder) == before


def test_a_symlink_stays_and_its_target_is_replaced(clone: Git, tmp_path: Path) -> None:
    target, link = tmp_path / "2026" / "site", tmp_path / "current"
    link.symlink_to(target)
    for _ in range(2):
        assert promoter("web", "export", str(link)).code == 0
        assert link.is_symlink()
        assert (target / "index.html").is_file()
    assert [each.name for each in target.parent.iterdir()] == ["site"]


@pytest.mark.parametrize("exchanges", [True, False])
def test_what_fails_at_the_end_leaves_the_earlier_export(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    folder = tmp_path / "site"
    assert promoter("web", "export", str(folder), "--at", AT).code == 0
    before = files(folder)
    if not exchanges:
        monkeypatch.setattr("promoter.web.export.exchange", lambda one, other: False)
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    done = promoter("web", "export", str(folder), "--at", "2026-11-27T12:00+00:00")
    assert (done.code == 0) == exchanges
    assert (files(folder) == before) != exchanges
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_what_was_never_fetched_or_is_no_time_is_an_error(
    clone: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert promoter("web", "export", str(tmp_path / "a"), "--at", "noon").code == 64
    assert "never been fetched" in promoter("web", "export", "b", "--remote", "nowhere").stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert promoter("web", "export", str(tmp_path / "c")).code == 1
    assert not (tmp_path / "c").exists()
