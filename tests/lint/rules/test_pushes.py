"""The rule for pushes: pipelines push records and what is vendored, and nothing else."""

from __future__ import annotations

import pytest

from promoter.common.progress import Silent
from promoter.lint import lint
from tests.lint.repository import Repository

RULE = "pushed-unreviewed"


def found(repository: Repository, before: str) -> list[tuple[str, str]]:
    findings = lint(repository.git, Silent(), pushed=before).findings
    return [(each.place, each.reason) for each in findings if each.rule == RULE]


def merged(repository: Repository, files: dict[str, str], *, signed: bool = True) -> str:
    """Commit ``files`` as GitHub does when it merges a pull request."""
    commit = repository.commit(dict(files))
    text = repository.git.text("cat-file", "commit", commit)
    header, _, message = text.partition("\n\n")
    lines = [
        "committer GitHub <noreply@github.com> 1700000000 +0000"
        if each.startswith("committer ")
        else each
        for each in header.splitlines()
    ]
    lines += ["gpgsig not looked at"] if signed else []
    content = "\n".join(lines) + f"\n\n{message}\n"
    words = ("hash-object", "-t", "commit", "-w", "--stdin")
    made = repository.git.output(*words, stdin=content.encode()).decode().strip()
    repository.git.text("reset", "-q", "--hard", made)
    return made


@pytest.mark.parametrize(
    "path",
    [
        "cepler/evidence/app/qa/1.json",
        "charts/lana-bank/values.yaml",
        "vendir.yml",
        "vendir.lock.yml",
    ],
)
def test_what_pipelines_push_is_no_finding(repository: Repository, path: str) -> None:
    before = repository.git.commit("HEAD") or ""
    repository.commit({path: "x"})
    assert found(repository, before) == []


@pytest.mark.parametrize(
    "path",
    ["promoter/gate/decision.py", "cepler/allowed_signers", "vendir.yml.bak", "chartsx/a", "ci/a"],
)
def test_anything_else_is_named_with_its_commit(repository: Repository, path: str) -> None:
    before = repository.git.commit("HEAD") or ""
    commit = repository.commit({"vendir.yml": "x", path: "y"})
    repository.commit({"charts/a": "z"})
    ((place, reason),) = found(repository, before)
    assert place == path
    assert reason == f"commit {commit[:12]} was pushed without a pull request: {path}"


def test_a_change_that_a_later_push_undoes_is_named(repository: Repository) -> None:
    before = repository.git.commit("HEAD") or ""
    repository.commit({"promoter/a": "y"})
    repository.commit({"promoter/a": None})
    assert [place for place, _ in found(repository, before)] == ["promoter/a", "promoter/a"]


def test_a_merged_pull_request_is_no_push_but_an_unsigned_one_is(repository: Repository) -> None:
    before = repository.git.commit("HEAD") or ""
    merged(repository, {"promoter/a": "y"})
    assert found(repository, before) == []
    merged(repository, {"promoter/b": "y"}, signed=False)
    assert [place for place, _ in found(repository, before)] == ["promoter/b"]
