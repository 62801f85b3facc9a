"""Behavior that every forge shares: the local one and GitHub's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from promoter.forge.forge import (
    BOT_LOGIN,
    Asset,
    Conclusion,
    Forge,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    NewPullRequest,
    PullRequestState,
    Query,
    StatusCheck,
)
from promoter.forge.local import LocalForge
from promoter.git import Git

from .conftest import DEV

PROPOSAL = NewPullRequest(
    "ci: promote", "The body.", "topic", draft=True, labels=frozenset({"promote-rc", "bot"})
)


def commit(bare: Git, branch: str) -> str:
    found = bare.commit(f"refs/heads/{branch}")
    assert found
    return found


def test_a_pull_request_is_opened_as_proposed(bare: Git, forge: Forge) -> None:
    opened = forge.open_pull_request(PROPOSAL)
    assert forge.pull_request(opened.number) == opened
    assert (opened.title, opened.body, opened.head, opened.base) == (
        "ci: promote",
        "The body.",
        "topic",
        "main",
    )
    assert opened.head_commit == commit(bare, "topic")
    assert (opened.state, opened.draft, opened.merge_commit) == (PullRequestState.OPEN, True, None)
    assert opened.labels == {"promote-rc", "bot"}
    assert opened.author == BOT_LOGIN
    assert forge.changed_files(opened.number) == ("docs/a.md",)


def test_a_second_pull_request_for_the_same_branch_is_a_conflict(forge: Forge) -> None:
    forge.open_pull_request(PROPOSAL)
    with pytest.raises(ForgeConflict, match="open a pull request of topic"):
        forge.open_pull_request(PROPOSAL)
    assert len(forge.pull_requests(Query())) == 1


def test_a_branch_without_new_commits_is_a_conflict(bare: Git, forge: Forge) -> None:
    bare.text("update-ref", "refs/heads/topic", commit(bare, "main"))
    with pytest.raises(ForgeConflict, match=r"(?i)no commits between"):
        forge.open_pull_request(PROPOSAL)


def test_pull_requests_are_found_by_state_head_and_labels(forge: Forge) -> None:
    first = forge.open_pull_request(PROPOSAL).number
    forge.close_pull_request(first)
    forge.close_pull_request(first)
    second = forge.open_pull_request(PROPOSAL).number
    forge.add_labels(second, ["urgent"])

    def numbers(query: Query) -> list[int]:
        return [one.number for one in forge.pull_requests(query)]

    assert numbers(Query()) == [second]
    assert numbers(Query(state=PullRequestState.CLOSED)) == [first]
    assert numbers(Query(state=PullRequestState.MERGED)) == []
    assert numbers(Query(state=None)) == [second, first]
    assert numbers(Query(head="topic")) == [second]
    assert numbers(Query(head="other")) == []
    assert numbers(Query(labels=frozenset({"urgent", "bot"}))) == [second]
    assert numbers(Query(labels=frozenset({"urgent", "absent"}))) == []


def test_issues_are_found_by_their_label_and_pull_requests_are_none(
    local: LocalForge, forge: Forge
) -> None:
    opened = datetime(2026, 3, 1, 12, tzinfo=UTC)
    closed = opened + timedelta(hours=2)
    first = local.open_issue("payments fail", ["incident", "live"], opened)
    local.open_issue("a question", ["question"], opened)
    local.close_issue(first.number, closed)
    second = local.open_issue("ledger is off", ["incident"], closed)
    pull = forge.open_pull_request(PROPOSAL).number
    forge.add_labels(pull, ["incident"])
    found = tuple(replace(each, url="") for each in forge.issues("incident"))
    assert found == (replace(second, url=""), replace(first, closed=closed, url=""))
    assert all(each.url for each in forge.issues("incident"))
    assert forge.issues("none") == ()


def test_title_and_body_can_be_edited(forge: Forge) -> None:
    number = forge.open_pull_request(PROPOSAL).number
    forge.edit_pull_request(number, title="ci: other", body="More.")
    edited = forge.pull_request(number)
    assert (edited.title, edited.body) == ("ci: other", "More.")


def test_a_merge_requires_a_ready_pull_request_at_the_expected_head(
    bare: Git, forge: Forge
) -> None:
    opened = forge.open_pull_request(PROPOSAL)
    with pytest.raises(ForgeConflict, match="draft"):
        forge.merge_pull_request(opened.number, head_commit=opened.head_commit)
    forge.mark_ready(opened.number)
    pushed = bare.commit_files(opened.head_commit, {"b": b"b"}, "docs: b", author=DEV)
    bare.text("update-ref", "refs/heads/topic", pushed)
    with pytest.raises(ForgeConflict, match=r"(?i)head"):
        forge.merge_pull_request(opened.number, head_commit=opened.head_commit)
    before = commit(bare, "main")

    merged = forge.merge_pull_request(opened.number, head_commit=pushed)

    assert (merged.state, merged.head_commit) == (PullRequestState.MERGED, pushed)
    assert merged.merge_commit == commit(bare, "main")
    assert bare.lines("rev-parse", "main^1", "main^2") == [before, pushed]
    assert forge.changed_files(opened.number) == ("b", "docs/a.md")
    with pytest.raises(ForgeConflict):
        forge.merge_pull_request(opened.number, head_commit=pushed)


def test_the_pull_requests_of_a_commit(bare: Git, forge: Forge) -> None:
    main, topic = commit(bare, "main"), commit(bare, "topic")
    opened = forge.open_pull_request(NewPullRequest("feat: a", "", "topic"))
    assert forge.pull_requests_of(main) == ()
    assert [one.number for one in forge.pull_requests_of(topic)] == [opened.number]
    merged = forge.merge_pull_request(opened.number, head_commit=topic)
    assert merged.merge_commit
    for brought in (topic, merged.merge_commit):
        assert forge.pull_requests_of(brought) == (merged,)
    assert forge.pull_requests_of(main) == ()
    with pytest.raises(ForgeError, match="list the pull requests of 1a1a1a"):
        forge.pull_requests_of("1a" * 20)


def test_conflicting_branches_are_not_merged(bare: Git, forge: Forge) -> None:
    opened = forge.open_pull_request(NewPullRequest("x", "", "topic"))
    other = bare.commit_files(commit(bare, "main"), {"docs/a.md": b"z\n"}, "x", author=DEV)
    bare.text("update-ref", "refs/heads/main", other)
    with pytest.raises(ForgeConflict):
        forge.merge_pull_request(opened.number, head_commit=opened.head_commit)
    assert commit(bare, "main") == other


def test_missing_objects_are_reported_as_missing(forge: Forge) -> None:
    with pytest.raises(ForgeMissing, match="pull request 7"):
        forge.pull_request(7)
    with pytest.raises(ForgeMissing, match=r"1\.0\.0"):
        forge.publish_release("1.0.0")
    assert forge.release("1.0.0") is None


def test_the_latest_result_of_a_check_counts(bare: Git, forge: Forge) -> None:
    head = commit(bare, "topic")
    assert forge.checks(head) == ()
    forge.set_check(head, StatusCheck("files", Conclusion.PENDING))
    forge.set_check(head, StatusCheck("cog", Conclusion.SUCCESS, "3 commits"))
    forge.set_check(head, StatusCheck("files", Conclusion.FAILURE, "src/x is not allowed"))
    assert forge.checks(head) == (
        StatusCheck("cog", Conclusion.SUCCESS, "3 commits"),
        StatusCheck("files", Conclusion.FAILURE, "src/x is not allowed"),
    )


def test_a_release_is_drafted_filled_and_published(bare: Git, forge: Forge) -> None:
    head = commit(bare, "main")
    drafted = forge.draft_release("1.0.0", head, "v1.0.0", "Notes")
    assert (drafted.draft, drafted.commit, drafted.assets) == (True, head, ())
    with pytest.raises(ForgeConflict, match="it already exists"):
        forge.draft_release("1.0.0", head, "v1.0.0", "Notes")
    assert forge.upload_asset("1.0.0", "lana-cli", b"\0binary") == Asset("lana-cli", 7)
    with pytest.raises(ForgeConflict):
        forge.upload_asset("1.0.0", "lana-cli", b"other")
    assert bare.commit("refs/tags/1.0.0") is None

    published = forge.publish_release("1.0.0")

    assert not published.draft
    assert published == forge.release("1.0.0") == forge.publish_release("1.0.0")
    assert (published.name, published.notes) == ("v1.0.0", "Notes")
    assert published.asset("lana-cli") == Asset("lana-cli", 7)
    assert published.asset("other") is None
    assert forge.asset("1.0.0", "lana-cli") == b"\0binary"
    assert bare.commit("refs/tags/1.0.0") == head
    with pytest.raises(ForgeConflict, match="published"):
        forge.upload_asset("1.0.0", "late", b"x")
    with pytest.raises(ForgeMissing, match="no such asset"):
        forge.asset("1.0.0", "late")
