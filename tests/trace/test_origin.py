"""The pull request and the releases of a source commit, from both forges and without one."""

from __future__ import annotations

import pytest

from promoter.forge.forge import Forge, NewPullRequest, PullRequest
from promoter.git import Git
from promoter.trace import pins
from promoter.trace.pins import Origin, origin_of
from tests.forge.conftest import DEV, bare, forge, github, local, server
from tests.forge.github_server import BAD_GATEWAY, Server

__all__ = ["bare", "forge", "github", "local", "server"]


@pytest.fixture
def remote(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """The forge that a trace finds."""
    monkeypatch.setattr(pins, "forge_of", lambda git: forge)
    return forge


def merged(bare: Git, forge: Forge, title: str = "feat: a") -> PullRequest:
    number = forge.open_pull_request(NewPullRequest(title, "", "topic")).number
    head = bare.commit("refs/heads/topic")
    assert head
    return forge.merge_pull_request(number, head_commit=head)


def origin(bare: Git, commit: str | None, title: str = "feat: a") -> Origin:
    assert commit
    return origin_of(bare, commit, title)


def test_a_released_commit_of_a_merged_pull_request(bare: Git, remote: Forge) -> None:
    pull = merged(bare, remote)
    assert pull.merge_commit
    bare.text("tag", "1.0.0-rc.1", pull.merge_commit)
    remote.draft_release("1.0.0", pull.merge_commit, "v1.0.0", "")
    remote.publish_release("1.0.0")
    facts, broken = origin(bare, pull.merge_commit)
    assert broken == []
    assert facts["pull request"] == pull.url
    assert facts["candidate"] == "1.0.0-rc.1"
    assert "1.0.0" in facts["release"]
    assert origin(bare, pull.head_commit)[0]["pull request"] == pull.url


def test_a_commit_without_a_pull_request(bare: Git, remote: Forge) -> None:
    merged(bare, remote)
    assert origin(bare, bare.commit("main^1")) == ({"pull request": "none"}, [])


def test_a_title_that_names_another_pull_request(bare: Git, remote: Forge) -> None:
    pull = merged(bare, remote)
    assert origin(bare, pull.merge_commit, f"feat: a (#{pull.number})")[1] == []
    (wrong,) = origin(bare, pull.merge_commit, "feat: a (#77)")[1]
    assert "names #77" in wrong


def test_a_pull_request_that_is_not_merged(bare: Git, remote: Forge) -> None:
    remote.open_pull_request(NewPullRequest("feat: a", "", "topic"))
    (wrong,) = origin(bare, bare.commit("topic"))[1]
    assert "is open, not merged" in wrong


def test_a_merge_without_the_commit(
    bare: Git, remote: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = merged(bare, remote)
    other = bare.commit_files(None, {"b": b"b"}, "feat: b", author=DEV)
    monkeypatch.setattr(type(bare), "is_ancestor", lambda *_: False)
    pulls = (PullRequest(**{**vars(pull), "merge_commit": other}),)
    monkeypatch.setattr(type(remote), "pull_requests_of", lambda *_: pulls)
    (wrong,) = origin(bare, pull.merge_commit)[1]
    assert "does not contain it" in wrong


@pytest.mark.parametrize("state", ["absent", "draft", "of another commit"])
def test_a_tag_without_its_release(bare: Git, remote: Forge, state: str) -> None:
    main, topic = bare.commit("main"), bare.commit("topic")
    assert main
    assert topic
    if state != "absent":
        remote.draft_release("1.0.0", main, "v1.0.0", "")
    if state == "of another commit":
        remote.publish_release("1.0.0")
    bare.text("tag", "--force", "1.0.0", topic if state == "of another commit" else main)
    (wrong,) = origin(bare, topic if state == "of another commit" else main)[1]
    says = {"absent": "has no release", "draft": "is a draft"}
    assert says.get(state, f"is of commit {main[:12]}") in wrong


def test_a_forge_that_does_not_answer(bare: Git, remote: Forge, server: tuple[Server, str]) -> None:
    """GitHub fails every request; the local forge has no server that could fail."""
    server[0].fail(".*", *[BAD_GATEWAY] * 10)
    facts, broken = origin(bare, bare.commit("main"), "feat: one (#3)")
    if type(remote).__name__ == "GitHubForge":
        assert facts == {"pull request": "#3 (by title, not checked)"}
        assert "HTTP 502" in broken[0] or "502" in broken[0]
    else:
        assert "names #3" in broken[0]


def test_the_reason_without_a_forge(bare: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    bare.text("remote", "add", "origin", "https://github.com/GaloyMoney/lana-bank")
    bare.text("tag", "1.0.0", "main")
    facts, broken = origin(bare, bare.commit("main"), "feat: one (#3)")
    assert broken == []
    assert facts["release"] == "1.0.0 (by tag, not checked)"
    assert facts["pull request"] == "#3 (by title, not checked)"
    assert "not queried: open GaloyMoney/lana-bank on GitHub: no token" in (facts["forge"])


def test_a_repository_on_this_machine_has_a_forge(bare: Git) -> None:
    bare.text("remote", "add", "origin", str(bare.dir))
    assert origin(bare, bare.commit("main")) == ({"pull request": "none"}, [])
