"""Conversion of GitHub's responses to the records and errors of `Forge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github.GithubException import GithubException

from promoter.forge.forge import (
    Asset,
    Conclusion,
    ForgeBusy,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    StatusCheck,
)

if TYPE_CHECKING:
    from github.CommitStatus import CommitStatus
    from github.GitRelease import GitRelease
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


def error_of(what: str, error: GithubException) -> ForgeError:
    """Return the error for a refused request ``what``, with GitHub's message."""
    data = error.data if isinstance(error.data, dict) else {}
    details = [str(e.get("message") or e.get("code")) for e in data.get("errors") or () if e]
    cause = "; ".join([str(data.get("message") or error.status), *details])
    next_step = "check its present state on GitHub, then run it again"
    if error.status in (401, 403):
        next_step = "check the token: it needs contents, pull requests and statuses, read and write"
    kind = _KINDS.get(error.status, ForgeError)
    return kind(f"{what}: {cause} (HTTP {error.status})", next_step=next_step)


def root_cause(error: BaseException) -> str:
    """Return the message of the chain's first error: the reason of a failed connection."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(error) or type(error).__name__
