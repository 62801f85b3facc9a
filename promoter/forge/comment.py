"""One comment of a pull request a topic, written once and replaced from then on."""

from __future__ import annotations

import re

from promoter.common.errors import UsageError
from promoter.forge.github import GitHubForge

# What GitHub takes, in characters.
LONGEST = 65_536
_CUT = "\n\n(cut: the whole text is in the job's log)\n"


def put_comment(forge: GitHubForge, number: int, topic: str, text: str) -> str:
    """Make ``text`` the comment about ``topic`` on pull request ``number``; gives its address.

    It is found again by a mark that is not shown. Raises `UsageError` for a topic that could
    not be found again, `ForgeError` with what GitHub says.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", topic):
        raise UsageError(f"comment: {topic} is no topic", next_step="use a-z, 0-9 and -")
    mark = f"<!-- promoter: {topic} -->"
    return forge.put_comment(number, mark, mark + "\n" + _short(text, LONGEST - len(mark) - 1))


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT
