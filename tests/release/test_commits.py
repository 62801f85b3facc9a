from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from promoter.cli import guarded
from promoter.cli.app import run_app
from promoter.release.cog import CogSettings
from promoter.release.commits import check_commits, required_form
from promoter.release.errors import ReleaseError

from .conftest import new_repository
from .histories import HistoryCommit, create_history


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["promoter", *arguments])
    return guarded(run_app)


def test_each_rejected_commit_has_its_reason(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    history = [
        HistoryCommit("feat: a"),
        HistoryCommit("fix things"),
        HistoryCommit("odd: b"),
        HistoryCommit("docs(x): c"),
    ]
    create_history(git, history)
    checked, rejected = check_commits(git, "HEAD~3..HEAD", CogSettings(scopes=["api"]))
    assert checked == 3
    assert [(one.commit.id, one.commit.message.strip()) for one in rejected] == [
        (git.commit("HEAD"), "docs(x): c"),
        (git.commit("HEAD^"), "odd: b"),
        (git.commit("HEAD^^"), "fix things"),
    ]
    assert str(rejected[2]).startswith(str(git.commit("HEAD^^"))[:12])
    assert "'fix things' has no '<type>: ' at its start" in str(rejected[2])
    assert rejected[1].reason.startswith("the type 'odd' is none of: build, chore")
    assert rejected[0].reason == "the scope 'x' is none of: api"


def test_merges_and_fixups_are_skipped_as_cog_toml_says(tmp_path: Path) -> None:
    git = new_repository(tmp_path)
    create_history(
        git,
        [
            HistoryCommit("feat: a"),
            HistoryCommit("Merge x", side="feat: b"),
            HistoryCommit("fixup! feat: b"),
        ],
    )
    checked, rejected = check_commits(git, "HEAD~2..HEAD", CogSettings())
    assert (checked, len(rejected)) == (3, 2)
    lenient = CogSettings(ignore_merge_commits=True, ignore_fixup_commits=True)
    assert check_commits(git, "HEAD~2..HEAD", lenient) == (1, [])


@pytest.mark.parametrize(
    "revisions", ["HEAD", "--all", "--output=x..y", "", "..", "...", "main..", "..HEAD", "...HEAD"]
)
def test_anything_but_a_range_is_rejected(tmp_path: Path, revisions: str) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a")])
    with pytest.raises(ReleaseError, match="not a range"):
        check_commits(git, revisions, CogSettings())


def test_the_commands_check_commits_and_print_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git = new_repository(tmp_path)
    create_history(
        git,
        [HistoryCommit("feat: a", ("0.41.0",)), HistoryCommit("feat: b"), HistoryCommit("oops")],
    )
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "version", "next") == 0
    assert run(monkeypatch, "version", "next", "--final") == 0
    assert capsys.readouterr().out == "0.42.0-rc.1\n0.42.0\n"
    assert run(monkeypatch, "version", "next", "--commit", "0.41.0") == 2
    assert capsys.readouterr().out == ""
    assert run(monkeypatch, "commits", "check", "0.41.0..HEAD") == 1
    output = capsys.readouterr().err
    assert str(git.commit("HEAD"))[:12] in output
    assert required_form(CogSettings()) in output
    assert run(monkeypatch, "commits", "check", "0.41.0..HEAD^") == 0
    assert capsys.readouterr().out == "1 commits, all conventional\n"


def test_the_checks_print_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git = new_repository(tmp_path)
    create_history(git, [HistoryCommit("feat: a"), HistoryCommit("oops")])
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "commits", "check", "--json", "HEAD^..HEAD") == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["checked"], len(document["rejected"])) == (1, 1)
    assert document["rejected"][0]["commit"]["id"] == git.commit("HEAD")
    assert run(monkeypatch, "release", "file-check", "--json", "--range", "HEAD^...HEAD") == 0
    assert json.loads(capsys.readouterr().out) == {"rejected": []}


def test_a_file_check_of_nothing_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    create_history(new_repository(tmp_path), [HistoryCommit("feat: a")])
    monkeypatch.chdir(tmp_path)
    for revisions in ("", "...", "main...", "...HEAD"):
        assert run(monkeypatch, "release", "file-check", "--range", revisions) == 1
        assert "not a range of two commits" in capsys.readouterr().err
    assert run(monkeypatch, "release", "file-check") == 64


def test_the_rule_below_one_comes_from_release_yml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git = new_repository(tmp_path)
    rule = """
source: https://example.org/app
breaking_below_one: minor
images: [{name: a, dockerfile: {candidate: Dockerfile}}]
"""
    create_history(
        git,
        [HistoryCommit("feat: a", ("0.41.0",)), HistoryCommit("fix!: b")],
        {"ci/release/release.yml": rule},
    )
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "version", "next", "--final") == 0
    assert run(monkeypatch, "version", "next", "--final", "--breaking-below-one", "major") == 0
    assert capsys.readouterr().out == "0.42.0\n1.0.0\n"
