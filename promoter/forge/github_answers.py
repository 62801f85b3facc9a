"""What GitHub answers, in the words of our `Forge`: records and errors."""

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
)

if TYPE_CHECKING:
    from github.GitRelease import GitRelease
    from github.PullRequest import PullRequest as GithubPullRequest

_CONFLICTS = (405, 409, 422)


def pull_request_of(one: GithubPullRequest) -> PullRequest:
    """A pull request; GitHub counts a merged one as closed."""
    merged = one.merged_at is not None
    return PullRequest(
        number=one.number,
        title=one.title,
        body=one.body or "",
        head=one.head.ref,
        head_commit=one.head.sha,
        base=one.base.ref,
        author=one.user.login,
        state=PullRequestState.MERGED if merged else PullRequestState(one.state),
        draft=bool(one.draft),
        labels=frozenset(label.name for label in one.labels),
        # Of an open one GitHub names a trial merge there.
        merge_commit=one.merge_commit_sha if merged else None,
        url=one.html_url,
    )


def release_of(one: GitRelease) -> PublishedRelease:
    """A release with its files."""
    assets = tuple(Asset(a.name, a.size, a.state == "uploaded") for a in one.get_assets())
    name, notes, commit = one.name or "", one.body or "", one.target_commitish
    return PublishedRelease(one.tag_name, commit, name, notes, one.draft, assets, one.html_url)


def conclusion_of(state: str) -> Conclusion:
    """A status; ``error`` is a failure too."""
    known = {"success": Conclusion.SUCCESS, "pending": Conclusion.PENDING}
    return known.get(state, Conclusion.FAILURE)


def translated(what: str, error: GithubException) -> ForgeError:
    """The error that a refusal of ``what`` is to us, with what GitHub said."""
    data = error.data if isinstance(error.data, dict) else {}
    details = [str(e.get("message") or e.get("code")) for e in data.get("errors") or () if e]
    cause = "; ".join([str(data.get("message") or error.status), *details])
    kinds: dict[int, type[ForgeError]] = {404: ForgeMissing, 429: ForgeBusy}
    kinds.update(dict.fromkeys(_CONFLICTS, ForgeConflict))
    kind = kinds.get(error.status, ForgeError)
    return kind(f"{what}: {cause} (HTTP {error.status})", next_step=_next(error.status))


def _next(status: int) -> str:
    if status in (401, 403):
        return "check the token: it needs contents, pull requests and statuses, read and write"
    return "look at what is there now, then run it again"


def root_cause(error: BaseException) -> str:
    """The first error of the chain: why a connection failed."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return str(error) or type(error).__name__
