"""A source commit's pull request and release, asked of both forges; and with none to ask."""

from __future__ import annotations

import pytest

from promoter.forge.forge import Forge, NewPullRequest, PullRequest, ReleaseDraft
from promoter.git import Git
from promoter.trace import origin
from promoter.trace.origin import Origin, origin_of
from tests.forge.conftest import DEV, bare, forge, github, local, server
from tests.forge.github_server import BAD_GATEWAY, Server

__all__ = ["bare", "forge", "github", "local", "server"]


@pytest.fixture
def asked(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """The forge that a trace finds."""
    monkeypatch.setattr(origin, "forge_of", lambda git: forge)
    return forge


def merged(bare: Git, forge: Forge, title: str = "feat: a") -> PullRequest:
    number = forge.open_pull_request(NewPullRequest(title, "", "topic")).number
    head = bare.commit("refs/heads/topic")
    assert head
    return forge.merge_pull_request(number, head_commit=head)


def told(bare: Git, commit: str | None, title: str = "feat: a") -> Origin:
    assert commit
    return origin_of(bare, commit, title)


def test_a_released_commit_of_a_merged_pull_request(bare: Git, asked: Forge) -> None:
    pull = merged(bare, asked)
    assert pull.merge_commit
    bare.text("tag", "1.0.0-rc.1", pull.merge_commit)
    asked.draft_release(ReleaseDraft("1.0.0", pull.merge_commit, "v1.0.0", ""))
    asked.publish_release("1.0.0")
    found = told(bare, pull.merge_commit)
    assert found.broken == ()
    assert found.facts["pull request"] == pull.url
    assert found.facts["candidate"] == "1.0.0-rc.1"
    assert "1.0.0" in found.facts["release"]
    assert told(bare, pull.head_commit).facts["pull request"] == pull.url


def test_a_commit_without_a_pull_request(bare: Git, asked: Forge) -> None:
    merged(bare, asked)
    assert told(bare, bare.commit("main^1")) == Origin({"pull request": "none"})


def test_a_title_that_names_another_pull_request(bare: Git, asked: Forge) -> None:
    pull = merged(bare, asked)
    assert told(bare, pull.merge_commit, f"feat: a (#{pull.number})").broken == ()
    (wrong,) = told(bare, pull.merge_commit, "feat: a (#77)").broken
    assert "names #77" in wrong


def test_a_pull_request_that_is_not_merged(bare: Git, asked: Forge) -> None:
    asked.open_pull_request(NewPullRequest("feat: a", "", "topic"))
    (wrong,) = told(bare, bare.commit("topic")).broken
    assert "is open, not merged" in wrong


def test_a_merge_that_is_gone(bare: Git, asked: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = merged(bare, asked)
    other = bare.commit_files(None, {"b": b"b"}, "feat: b", author=DEV)
    monkeypatch.setattr(type(bare), "is_ancestor", lambda *_: False)
    answered = (PullRequest(**{**vars(pull), "merge_commit": other}),)
    monkeypatch.setattr(type(asked), "pull_requests_of", lambda *_: answered)
    (wrong,) = told(bare, pull.merge_commit).broken
    assert "does not contain it" in wrong


@pytest.mark.parametrize("state", ["absent", "draft", "of another commit"])
def test_a_tag_without_its_release(bare: Git, asked: Forge, state: str) -> None:
    main, topic = bare.commit("main"), bare.commit("topic")
    assert main
    assert topic
    if state != "absent":
        asked.draft_release(ReleaseDraft("1.0.0", main, "v1.0.0", ""))
    if state == "of another commit":
        asked.publish_release("1.0.0")
    bare.text("tag", "--force", "1.0.0", topic if state == "of another commit" else main)
    (wrong,) = told(bare, topic if state == "of another commit" else main).broken
    says = {"absent": "has no release", "draft": "is a draft"}
    assert says.get(state, f"is of commit {main[:12]}") in wrong


def test_a_forge_that_does_not_answer(bare: Git, asked: Forge, server: tuple[Server, str]) -> None:
    """GitHub fails whatever is asked; the local forge has nobody to fail."""
    server[0].fail(".*", *[BAD_GATEWAY] * 10)
    found = told(bare, bare.commit("main"), "feat: one (#3)")
    if type(asked).__name__ == "GitHubForge":
        assert found.facts == {"pull request": "#3 (by title, not checked)"}
        assert "HTTP 502" in found.broken[0] or "502" in found.broken[0]
    else:
        assert "names #3" in found.broken[0]


def test_without_a_forge_it_is_said_why(bare: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    bare.text("remote", "add", "origin", "https://github.com/GaloyMoney/lana-bank")
    bare.text("tag", "1.0.0", "main")
    found = told(bare, bare.commit("main"), "feat: one (#3)")
    assert found.broken == ()
    assert found.facts["release"] == "1.0.0 (by tag, not checked)"
    assert found.facts["pull request"] == "#3 (by title, not checked)"
    assert (
        "not asked: open GaloyMoney/lana-bank on GitHub: there is no token"
        in (found.facts["forge"])
    )


def test_a_repository_on_this_machine_has_a_forge(bare: Git) -> None:
    bare.text("remote", "add", "origin", str(bare.dir))
    assert told(bare, bare.commit("main")) == Origin({"pull request": "none"})
