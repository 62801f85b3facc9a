"""One comment of a pull request, written once and replaced from then on.

GitHub's REST API: comments of a pull request are its issue's
(docs.github.com/rest/issues/comments). Ours is found again by a mark that is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from promoter.errors import PromoterError, UsageError

PUBLIC_API = "https://api.github.com"
# What GitHub takes, in characters.
LONGEST = 65_536
_CUT = "\n\n(cut: the whole text is in the job's log)\n"
_PAGE = 100


class CommentFailed(PromoterError):
    """GitHub did not take the comment."""


def put_comment(api: httpx.Client, repository: str, number: int, topic: str, text: str) -> str:
    """Make ``text`` the comment about ``topic`` on pull request ``number``; gives its address.

    ``repository`` is like GaloyMoney/lana-bank. Raises `UsageError` for a topic that could
    not be found again, `CommentFailed` with what GitHub says.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", topic):
        raise UsageError(f"comment: {topic} is no topic", next_step="use a-z, 0-9 and -")
    mark = f"<!-- promoter: {topic} -->"
    body = mark + "\n" + _short(text, LONGEST - len(mark) - 1)
    comments = f"/repos/{repository}/issues/{number}/comments"
    for comment in _comments(api, comments):
        if str(comment.get("body", "")).startswith(mark):
            place = f"/repos/{repository}/issues/comments/{comment['id']}"
            return str(_asked(api, "PATCH", place, body)["html_url"])
    return str(_asked(api, "POST", comments, body)["html_url"])


def client(token: str, address: str = PUBLIC_API) -> httpx.Client:
    """A client of GitHub's API at ``address``."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    return httpx.Client(base_url=address, headers=headers, timeout=30)


def _comments(api: httpx.Client, place: str) -> Iterator[dict[str, Any]]:
    page = 1
    while found := _asked(api, "GET", f"{place}?per_page={_PAGE}&page={page}"):
        yield from found
        page += 1


def _asked(api: httpx.Client, method: str, place: str, body: str | None = None) -> Any:
    try:
        answer = api.request(method, place, json={"body": body} if body is not None else None)
        answer.raise_for_status()
        return answer.json()
    except httpx.HTTPStatusError as error:
        raise CommentFailed(
            f"comment: GitHub answers {error.response.status_code} to {method} {place}",
            next_step="the job's token needs pull-requests: write",
        ) from error
    except (httpx.HTTPError, ValueError) as error:
        raise CommentFailed(f"comment: {method} {place}: {error}") from error


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT
