"""One comment a topic, against a server that answers as GitHub's API does."""

from __future__ import annotations

import pytest

from promoter.common.errors import UsageError
from promoter.forge.forge import ForgeError
from promoter.forge.github import GitHubForge
from promoter.forge.github_comments import LONGEST_COMMENT

from .github_server import Response, Server


def test_a_topic_has_one_comment_however_often_it_is_written(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    comments = server[0].comments
    comments += ["somebody's"] * 130
    first = github.put_comment(7, "preview", "old")
    other = github.put_comment(7, "plan", "of another topic")
    again = github.put_comment(7, "preview", "new")
    assert again == first != other
    bodies = [text.partition("\n")[2] for text in comments[130:]]
    assert bodies == ["new", "of another topic"]
    assert comments[:130] == ["somebody's"] * 130


def test_a_comment_over_githubs_limit_is_cut_with_a_note(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    github.put_comment(7, "preview", "x" * LONGEST_COMMENT)
    (comment,) = server[0].comments
    assert len(comment) == LONGEST_COMMENT
    assert "(cut: the whole text" in comment


def test_a_refusal_names_the_permissions_of_the_token(
    github: GitHubForge, server: tuple[Server, str]
) -> None:
    refusal = Response(403, {"message": "Resource not accessible by integration"})
    server[0].fail("POST .*/comments", refusal)
    with pytest.raises(ForgeError, match="Resource not accessible") as raised:
        github.put_comment(7, "preview", "text")
    assert "check the token" in raised.value.next_step


def test_a_topic_that_could_not_be_recognized_is_wrong_usage(github: GitHubForge) -> None:
    with pytest.raises(UsageError):
        github.put_comment(7, "a --> b", "text")
