"""GitHub over its REST API, through PyGithub.

PyGithub follows pages, waits between requests as GitHub asks, and repeats what failed on
the way (5xx, secondary rate limits). A repeated POST may have worked the first time: what
it then says is taken for a conflict, and callers look before they create.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import requests
from github import Auth, Github
from github.GithubException import GithubException, RateLimitExceededException
from github.GithubRetry import GithubRetry

from promoter.forge.forge import (
    Asset,
    ForgeBusy,
    ForgeConflict,
    ForgeError,
    ForgeMissing,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    ReleaseDraft,
    StatusCheck,
)
from promoter.forge.github_answers import (
    conclusion_of,
    pull_request_of,
    release_of,
    root_cause,
    translated,
)
from promoter.forge.links import API, compare_page

if TYPE_CHECKING:
    from github.GitRelease import GitRelease
    from github.Repository import Repository


@dataclass(frozen=True)
class Limits:
    """How patient we are, in seconds (``tries``: how often).

    ``timeout`` for one answer, ``rate_limit`` at most until a limit's reset, ``pause`` and
    ``write_pause`` between requests, as GitHub's best practices ask.
    """

    timeout: int = 30
    tries: int = 5
    backoff: float = 1.0
    rate_limit: float = 300.0
    pause: float = 0.25
    write_pause: float = 1.0


@dataclass(frozen=True)
class GitHubForge:
    """The repository ``name`` (``owner/name``) as the owner of ``token`` sees it."""

    name: str
    token: str = field(repr=False)
    api: str = API
    limits: Limits = field(default_factory=Limits)

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        """See `Forge`. GitHub counts a merged one as closed, so the rest is sifted here."""
        state = (
            "open"
            if query.state is PullRequestState.OPEN
            else "all"
            if query.state is None
            else "closed"
        )
        head = f"{self.name.partition('/')[0]}:{query.head}" if query.head else ""
        with self._asking("list pull requests") as repository:
            found = repository.get_pulls(state=state, **({"head": head} if head else {}))
            read = [pull_request_of(one) for one in found]
        return tuple(
            one for one in read if query.state in (None, one.state) and query.labels <= one.labels
        )

    def pull_request(self, number: int) -> PullRequest:
        """See `Forge`."""
        with self._asking(f"read pull request {number}") as repository:
            return pull_request_of(repository.get_pull(number))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """See `Forge`."""
        with self._asking(f"list the pull requests of {commit[:12]}") as repository:
            return tuple(map(pull_request_of, repository.get_commit(commit).get_pulls()))

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """See `Forge`. Labels are a second request; a caller who finds them missing adds them."""
        with self._asking(f"open a pull request of {proposal.head}") as repository:
            opened = repository.create_pull(
                base=proposal.base,
                head=proposal.head,
                title=proposal.title,
                body=proposal.body,
                draft=proposal.draft,
            )
            if proposal.labels:
                opened.add_to_labels(*sorted(proposal.labels))
            return pull_request_of(repository.get_pull(opened.number))

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        """See `Forge`."""
        with self._asking(f"edit pull request {number}") as repository:
            repository.get_pull(number).edit(title=title, body=body)

    def close_pull_request(self, number: int) -> None:
        """See `Forge`."""
        with self._asking(f"close pull request {number}") as repository:
            repository.get_pull(number).edit(state="closed")

    def mark_ready(self, number: int) -> None:
        """See `Forge`. The REST API has no way to do it; this is a GraphQL mutation."""
        with self._asking(f"make pull request {number} ready") as repository:
            pull = repository.get_pull(number)
            if pull.draft:
                pull.mark_ready_for_review()

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        """See `Forge`."""
        with self._asking(f"merge pull request {number}") as repository:
            repository.get_pull(number).merge(sha=head_commit, merge_method="merge")
            return pull_request_of(repository.get_pull(number))

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        """See `Forge`."""
        with self._asking(f"label pull request {number}") as repository:
            repository.get_pull(number).add_to_labels(*sorted(labels))

    def put_comment(self, number: int, mark: str, body: str) -> str:
        """Make ``body`` the comment that begins with ``mark`` on a pull request; its address."""
        with self._asking(f"comment on pull request {number}") as repository:
            issue = repository.get_issue(number)
            for comment in issue.get_comments():
                if (comment.body or "").startswith(mark):
                    comment.edit(body)
                    return comment.html_url
            return issue.create_comment(body).html_url

    def changed_files(self, number: int) -> tuple[str, ...]:
        """See `Forge`."""
        with self._asking(f"list the files of pull request {number}") as repository:
            files = list(repository.get_pull(number).get_files())
        names = {file.filename for file in files}
        return tuple(sorted(names | {f.previous_filename for f in files if f.previous_filename}))

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """See `Forge`. Commit statuses: any token may write them, check runs need an app."""
        with self._asking(f"read the checks of {commit[:12]}") as repository:
            statuses = repository.get_commit(commit).get_combined_status().statuses
        checks = [
            StatusCheck(one.context, conclusion_of(one.state), one.description or "")
            for one in statuses
        ]
        return tuple(sorted(checks, key=lambda check: check.name))

    def set_check(self, commit: str, check: StatusCheck) -> None:
        """See `Forge`."""
        with self._asking(f"set a check of {commit[:12]}") as repository:
            # GitHub refuses a longer description.
            repository.get_commit(commit).create_status(
                check.conclusion.value, description=check.summary[:140], context=check.name
            )

    def release(self, tag: str) -> PublishedRelease | None:
        """See `Forge`. Drafts have no tag to be asked for by, so the list is looked through."""
        with self._asking(f"read release {tag}") as repository:
            found = _found(repository, tag)
            return release_of(found) if found else None

    def draft_release(self, draft: ReleaseDraft) -> PublishedRelease:
        """See `Forge`. GitHub itself would keep two drafts of one tag."""
        with self._asking(f"draft release {draft.tag}") as repository:
            if _found(repository, draft.tag):
                raise ForgeConflict(f"draft release {draft.tag}: there is one")
            made = repository.create_git_release(
                draft.tag, draft.name, draft.notes, draft=True, target_commitish=draft.commit
            )
            return release_of(made)

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        """See `Forge`. What an interrupted upload left is replaced."""
        with self._asking(f"upload {name} to release {tag}") as repository:
            release = _needed(repository, tag)
            if not release.draft:
                raise ForgeConflict(f"upload {name} to release {tag}: it is published")
            for there in release.get_assets():
                if there.name == name and there.state != "uploaded":
                    there.delete_asset()
            made = release.upload_asset_from_memory(io.BytesIO(content), len(content), name)
            return Asset(made.name, made.size, made.state == "uploaded")

    def asset(self, tag: str, name: str) -> bytes:
        """See `Forge`."""
        with self._asking(f"read {name} of release {tag}") as repository:
            for one in _needed(repository, tag).get_assets():
                if one.name == name:
                    _, _, content = one.download_asset(chunk_size=65536)
                    return b"".join(content)
        raise ForgeMissing(f"read {name} of release {tag}: no such asset")

    def publish_release(self, tag: str) -> PublishedRelease:
        """See `Forge`."""
        with self._asking(f"publish release {tag}") as repository:
            found = _needed(repository, tag)
            if not found.draft:
                return release_of(found)
            return release_of(
                found.update_release(found.name or tag, found.body or "", draft=False)
            )

    def compare_url(self, old: str, new: str) -> str:
        """See `Forge`."""
        return compare_page(self.name, old, new)

    @contextmanager
    def _asking(self, what: str) -> Iterator[Repository]:
        """The repository; what goes wrong meanwhile becomes a `ForgeError` saying ``what``."""
        try:
            yield self._client.get_repo(self.name)
        except RateLimitExceededException as error:
            raise ForgeBusy(
                f"{what} of {self.name}: GitHub's rate limit is used up",
                next_step="run it again after the limit's reset; nothing is done twice",
            ) from error
        except GithubException as error:
            raise translated(f"{what} of {self.name}", error) from error
        except requests.RequestException as error:
            raise ForgeError(
                f"{what} of {self.name}: {root_cause(error)}",
                next_step="check that GitHub can be reached, then run it again",
            ) from error

    @cached_property
    def _client(self) -> Github:
        retry = GithubRetry(
            total=self.limits.tries,
            backoff_factor=self.limits.backoff,
            secondary_rate_wait=min(60.0, self.limits.rate_limit),
            max_rate_limit_wait=self.limits.rate_limit,
        )
        return Github(
            auth=Auth.Token(self.token),
            base_url=self.api,
            timeout=self.limits.timeout,
            per_page=100,
            retry=retry,
            seconds_between_requests=self.limits.pause,
            seconds_between_writes=self.limits.write_pause,
            # A repository is its name: no request just to look at it.
            lazy=True,
        )


def _found(repository: Repository, tag: str) -> GitRelease | None:
    return next((one for one in repository.get_releases() if one.tag_name == tag), None)


def _needed(repository: Repository, tag: str) -> GitRelease:
    found = _found(repository, tag)
    if found is None:
        raise ForgeMissing(f"read release {tag}: there is none")
    return found
