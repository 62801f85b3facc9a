"""Behavior of the forge inside a bare repository alone."""

from __future__ import annotations

import threading

import pytest

from promoter.common.errors import GitError
from promoter.forge.forge import (
    Conclusion,
    ForgeConflict,
    ForgeMissing,
    NewPullRequest,
    StatusCheck,
)
from promoter.forge.local import LocalForge
from promoter.git import Git


def test_concurrent_changes_lose_nothing(bare: Git, local: LocalForge) -> None:
    head = bare.commit("refs/heads/topic")
    assert head
    checks = [StatusCheck(f"check-{number}", Conclusion.SUCCESS) for number in range(6)]
    threads = [threading.Thread(target=local.set_check, args=(head, one)) for one in checks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert local.checks(head) == tuple(checks)


def test_of_concurrent_merges_one_wins(bare: Git, local: LocalForge) -> None:
    opened = local.open_pull_request(NewPullRequest("x", "", "topic"))
    outcomes: list[str] = []

    def merge() -> None:
        try:
            local.merge_pull_request(opened.number, head_commit=opened.head_commit)
            outcomes.append("merged")
        except ForgeConflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=merge) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["merged", "refused", "refused"]
    assert len(bare.lines("rev-list", "--first-parent", "main")) == 2


def test_everything_is_one_ref_that_a_clone_does_not_fetch(bare: Git, local: LocalForge) -> None:
    local.open_pull_request(NewPullRequest("x", "", "topic"))
    refs = set(bare.lines("for-each-ref", "--format=%(refname)"))
    assert refs == {"refs/heads/main", "refs/heads/topic", "refs/forge/data"}


def test_a_tag_at_another_commit_is_not_overwritten(bare: Git, local: LocalForge) -> None:
    main, topic = bare.lines("rev-parse", "main", "topic")
    local.draft_release("1.0.0", main, "v1.0.0", "")
    bare.text("tag", "1.0.0", topic)
    with pytest.raises(ForgeConflict, match=f"the tag is at {topic}"):
        local.publish_release("1.0.0")
    found = local.release("1.0.0")
    assert found is not None
    assert found.draft


def test_a_release_of_an_unknown_commit_is_refused(local: LocalForge) -> None:
    with pytest.raises(ForgeMissing, match="no commit aaaa"):
        local.draft_release("1.0.0", "a" * 40, "x", "")


def test_a_refusal_by_git_itself_is_not_retried(bare: Git, local: LocalForge) -> None:
    main = bare.lines("rev-parse", "main")[0]
    local.draft_release("1.0..0", main, "not a ref's name", "")
    with pytest.raises(GitError):
        local.publish_release("1.0..0")
