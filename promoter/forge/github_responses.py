"""Conversion of GitHub's responses to the records and errors of `Forge`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import requests
from github.GithubException import GithubException

from promoter.forge.forge import (
    Asset,
    Conclusion,
    ForgeBusy,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    Issue,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    StatusCheck,
)

if TYPE_CHECKING:
    from github.CheckRun import CheckRun
    from github.CommitStatus import CommitStatus
    from github.GitRelease import GitRelease
    from github.Issue import Issue as GithubIssue
    from github.PullRequest import PullRequest as GithubPullRequest

GHOST = "ghost"
"""The user that GitHub names in place of a deleted one, as which its API returns null."""

_KINDS: dict[int, type[ForgeError]] = {
    404: ForgeMissing,
    429: ForgeBusy,
    **dict.fromkeys((405, 409, 422), ForgeConflict),
}


def pull_request_of(response: GithubPullRequest) -> PullRequest:
    """Return a pull request; GitHub reports a merged one as closed."""
    merged = response.merged_at is not None
    return PullRequest(
        number=response.number,
        title=response.title,
        body=response.body or "",
        head=response.head.ref,
        head_commit=response.head.sha,
        base=response.base.ref,
        author=response.user.login if response.user else GHOST,
        state=PullRequestState.MERGED if merged else PullRequestState(response.state),
        draft=bool(response.draft),
        labels=frozenset(label.name for label in response.labels),
        # GitHub names a trial merge while a pull request is open.
        merge_commit=response.merge_commit_sha if merged else None,
        url=response.html_url,
    )


def issue_of(response: GithubIssue) -> Issue:
    """Return an issue."""
    return Issue(
        number=response.number,
        title=response.title,
        labels=frozenset(label.name for label in response.labels),
        opened=response.created_at,
        closed=response.closed_at,
        url=response.html_url,
    )


def release_of(response: GitRelease) -> PublishedRelease:
    """Return a release with its files."""
    assets = tuple(Asset(a.name, a.size, a.state == "uploaded") for a in response.get_assets())
    name, notes, commit = response.name or "", response.body or "", response.target_commitish
    return PublishedRelease(
        response.tag_name, commit, name, notes, response.draft, assets, response.html_url
    )


def check_of(response: CommitStatus) -> StatusCheck:
    """Return the check of a commit status; state ``error`` is a failure too."""
    known = response.state in ("success", "pending")
    conclusion = Conclusion(response.state) if known else Conclusion.FAILURE
    return StatusCheck(response.context, conclusion, response.description or "")


def check_run_of(response: CheckRun) -> StatusCheck:
    """Return the check of a check run; a neutral or skipped one satisfies a rule."""
    ended = response.status == "completed"
    passed = response.conclusion in ("success", "neutral", "skipped")
    conclusion = Conclusion.SUCCESS if passed else Conclusion.FAILURE
    return StatusCheck(response.name, conclusion if ended else Conclusion.PENDING)


def error_of(what: str, error: GithubException) -> ForgeError:
    """Return the error for a refused request ``what``, with GitHub's message."""
    data = error.data if isinstance(error.data, dict) else {}
    details = [str(e.get("message") or e.get("code")) for e in data.get("errors") or () if e]
    message = " ".join(str(data.get("message") or error.status).split())
    cause = "; ".join([message, *details])
    kind = _KINDS.get(error.status, ForgeError)
    next_step = _next_step(message, error)
    return kind(f"{what}: {cause} (HTTP {error.status})", next_step=next_step)


def _next_step(message: str, error: GithubException) -> str:
    """Return the change that fixes the refusal; GitHub names a missing permission in a header."""
    if message.startswith("Repository rule violations found"):
        return "fulfill the rule; docs/pipelines.md says which rules the bot's app bypasses"
    if missing := (error.headers or {}).get("x-accepted-github-permissions"):
        return f"give the token {missing}: `permissions:` of the workflow's job, or of the app"
    if error.status in (401, 403):
        return "check the token: it needs contents, pull requests and statuses, read and write"
    return "check its present state on GitHub, then run it again"


def busy(what: str) -> ForgeBusy:
    """Return the error of a request that a rate limit does not allow."""
    remedy = "run it again after the limit's reset; nothing is done twice"
    return ForgeBusy(f"{what}: GitHub's rate limit is used up", next_step=remedy)


def connection_error(what: str, error: requests.RequestException) -> ForgeError:
    """Return the error of a request that had no usable response, however often it was made."""
    cause = root_cause(error)
    if re.search(r"too many (403|429) error responses", cause):
        # The secondary limit: other refusals with these codes are not repeated.
        return busy(what)
    return ForgeError(
        f"{what}: {cause}", next_step="check that GitHub's API is reachable, then run it again"
    )


UNDOCUMENTED = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""Errors of PyGithub and of this package on a response with other fields or types."""


def undocumented_error(what: str, error: Exception) -> ForgeError:
    """Return the error of a request whose response is not as GitHub documents it."""
    return ForgeError(
        f"{what}: the response is not as GitHub's API documents it: {type(error).__name__}",
        next_step="check that the address is that of GitHub's API (GITHUB_API_URL)",
    )


def root_cause(error: BaseException) -> str:
    """Return the message of the chain's first error: the reason of a failed connection."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(error) or type(error).__name__
