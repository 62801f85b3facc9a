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
    assert done.stdout == f"wrote {len(written) - 2} pages to {second}\n"
    assert written == files(second)
    assert {"index.html", "style.css", "metrics.html", "deployments/app.html"} <= written.keys()
    for path, content in written.items():
        if path.endswith(".html"):
            assert Document(content.decode()).internal(path) <= written.keys(), path


def test_an_earlier_export_is_replaced_and_other_files_are_not(clone: Git, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert promoter("web", "export", str(folder)).code == 0
    (folder / "old.html").write_text("from before")
    assert promoter("web", "export", str(folder)).code == 0
    assert not (folder / "old.html").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    refused = promoter("web", "export", str(other))
    assert refused.code == 64
    assert "it has files that no export wrote" in refused.stderr
    assert files(other) == {"notes.txt": b"mine"}
    assert [each for each in tmp_path.iterdir() if each.name.startswith(".")] == []


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
