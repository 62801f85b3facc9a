"""The comments of an issue or a pull request on GitHub: one for each topic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promoter.common.errors import UsageError

if TYPE_CHECKING:
    from github.Issue import Issue

LONGEST_COMMENT = 65_536
"""GitHub's limit, in characters."""
_CUT = "\n\n(cut: the whole text is in the job's log)\n"


def put_comment(issue: Issue, topic: str, text: str) -> str:
    """Make ``text`` the one comment with the hidden marker of ``topic``; return its address.

    Raises `UsageError` for a topic that is not made of a-z, 0-9 and -.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", topic):
        raise UsageError(f"comment: {topic} is not a topic", next_step="use a-z, 0-9 and -")
    mark = f"<!-- promoter: {topic} -->"
    whole = f"{mark}\n{text}"
    cut = whole[: LONGEST_COMMENT - len(_CUT)] + _CUT
    body = whole if len(whole) <= LONGEST_COMMENT else cut
    for comment in issue.get_comments():
        if (comment.body or "").startswith(mark):
            comment.edit(body)
            return comment.html_url
    return issue.create_comment(body).html_url
