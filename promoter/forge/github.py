"""GitHub over its REST API, through PyGithub.

PyGithub follows pages, waits between requests as GitHub requires, and retries failed
requests (5xx, secondary rate limits). A retried POST may have worked the first time: its
response is then a conflict, and callers look for an existing object before they create one.
"""

# ruff: noqa: D102 - the Protocol `Forge` documents the methods
from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import requests
from github import Auth, Github
from github.GithubException import GithubException, RateLimitExceededException
from github.GithubRetry import GithubRetry

from promoter.forge import github_rules
from promoter.forge.forge import (
    Asset,
    DeploymentReport,
    Forge,
    ForgeConflict,
    ForgeMissing,
    Issue,
    NewPullRequest,
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    StatusCheck,
)
from promoter.forge.github_comments import put_comment
from promoter.forge.github_connection import limit_connections
from promoter.forge.github_responses import (
    UNDOCUMENTED,
    busy,
    connection_error,
    error_of,
    issue_of,
    pull_request_of,
    release_of,
    undocumented_error,
)
from promoter.forge.links import API, compare_page

if TYPE_CHECKING:
    from github.GitRelease import GitRelease
    from github.Repository import Repository


@dataclass(frozen=True)
class Limits:
    """The number of ``tries``, and seconds: of one response, and at most until a limit's reset.

    The pauses between requests are those that GitHub's best practices recommend.
    """

    timeout: int = 30
    tries: int = 5
    backoff: float = 1.0
    rate_limit: float = 300.0
    pause: float = 0.25
    write_pause: float = 1.0


@dataclass(frozen=True)
class GitHubForge(Forge):
    """The repository ``name`` (``owner/name``), seen by the owner of ``token``."""

    name: str
    token: str = field(repr=False)
    api: str = API
    limits: Limits = field(default_factory=Limits)

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        """See `Forge`. GitHub reports merged ones as closed, so the result is filtered here."""
        states = {None: "all", PullRequestState.OPEN: "open"}
        state = states.get(query.state, "closed")
        head = f"{self.name.partition('/')[0]}:{query.head}" if query.head else ""
        with self._request("list pull requests") as repository:
            found = repository.get_pulls(state=state, **({"head": head} if head else {}))
            return tuple(pull for pull in map(pull_request_of, found) if query.matches(pull))

    def pull_request(self, number: int) -> PullRequest:
        with self._request(f"read pull request {number}") as repository:
            return pull_request_of(repository.get_pull(number))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        with self._request(f"list the pull requests of {commit[:12]}") as repository:
            return tuple(map(pull_request_of, repository.get_commit(commit).get_pulls()))

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """See `Forge`. Labels are a second request; a caller that finds them missing adds them."""
        with self._request(f"open a pull request of {proposal.head}") as repository:
            facts = {name: value for name, value in vars(proposal).items() if name != "labels"}
            opened = repository.create_pull(**facts)
            if proposal.labels:
                opened.add_to_labels(*sorted(proposal.labels))
            return pull_request_of(repository.get_pull(opened.number))

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        with self._request(f"edit pull request {number}") as repository:
            repository.get_pull(number).edit(title=title, body=body)

    def close_pull_request(self, number: int) -> None:
        with self._request(f"close pull request {number}") as repository:
            repository.get_pull(number).edit(state="closed")

    def mark_ready(self, number: int) -> None:
        """See `Forge`. A GraphQL mutation: the REST API has no call for it."""
        with self._request(f"make pull request {number} ready") as repository:
            pull = repository.get_pull(number)
            if pull.draft:
                pull.mark_ready_for_review()

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        with self._request(f"merge pull request {number}") as repository:
            repository.get_pull(number).merge(sha=head_commit, merge_method="merge")
            return pull_request_of(repository.get_pull(number))

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        with self._request(f"label pull request {number}") as repository:
            repository.get_pull(number).add_to_labels(*sorted(labels))

    def issues(self, label: str) -> tuple[Issue, ...]:
        """See `Forge`. To GitHub a pull request is an issue, too, at another address."""
        with self._request(f"list the issues with label {label}") as repository:
            found = repository.get_issues(state="all", labels=[label])
            return tuple(issue_of(each) for each in found if "/pull/" not in each.html_url)

    def put_comment(self, number: int, topic: str, text: str) -> str:
        """Make ``text`` the one comment of ``topic``, as `github_comments` does."""
        with self._request(f"comment on pull request {number}") as repository:
            return put_comment(repository.get_issue(number), topic, text)

    def changed_files(self, number: int) -> tuple[str, ...]:
        with self._request(f"list the files of pull request {number}") as repository:
            files = list(repository.get_pull(number).get_files())
        names = {file.filename for file in files}
        return tuple(sorted(names | {f.previous_filename for f in files if f.previous_filename}))

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """See `Forge`. Commit statuses and check runs."""
        with self._request(f"read the checks of {commit[:12]}") as repository:
            return github_rules.checks(repository, commit)

    def required_checks(self, branch: str) -> tuple[str, ...]:
        with self._request(f"read the rules of {branch}") as repository:
            return github_rules.required_checks(repository, branch)

    def set_check(self, commit: str, check: StatusCheck) -> None:
        """See `Forge`. A commit status: any token may write it, a check run needs an app."""
        with self._request(f"set a check of {commit[:12]}") as repository:
            summary = check.summary[:140]  # GitHub rejects a longer one.
            state, of = check.conclusion.value, repository.get_commit(commit)
            of.create_status(state, description=summary, context=check.name)

    def report_deployment(self, report: DeploymentReport) -> None:
        """See `Forge`. Without required contexts: the gate has decided, not GitHub."""
        with self._request(f"report the deployment of {report.environment}") as repository:
            known = repository.get_deployments(sha=report.commit, environment=report.environment)
            deployment = next(iter(known), None) or repository.create_deployment(
                report.commit,
                auto_merge=False,
                required_contexts=[],
                environment=report.environment,
                production_environment=report.environment.endswith("-production"),
            )
            newest = next(iter(deployment.get_statuses()), None)
            text = report.description[:140]
            if newest is None or (newest.state, newest.description) != (report.state, text):
                deployment.create_status(report.state.value, description=text)

    def release(self, tag: str) -> PublishedRelease | None:
        """See `Forge`. GitHub does not find drafts by tag, so the list is searched."""
        with self._request(f"read release {tag}") as repository:
            found = _found(repository, tag)
            return release_of(found) if found else None

    def draft_release(self, tag: str, commit: str, name: str, notes: str) -> PublishedRelease:
        """See `Forge`. GitHub itself would keep two drafts of one tag."""
        with self._request(f"draft release {tag}") as repository:
            if _found(repository, tag):
                raise ForgeConflict(f"draft release {tag}: it already exists")
            create = partial(repository.create_git_release, draft=True, target_commitish=commit)
            return release_of(create(tag, name, notes))

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        """See `Forge`. The rest of an interrupted upload is replaced."""
        with self._request(f"upload {name} to release {tag}") as repository:
            release = _required(repository, tag)
            if not release.draft:
                raise ForgeConflict(f"upload {name} to release {tag}: it is published")
            for existing in release.get_assets():
                if existing.name == name and existing.state != "uploaded":
                    existing.delete_asset()
            asset = release.upload_asset_from_memory(io.BytesIO(content), len(content), name)
            return Asset(asset.name, asset.size, asset.state == "uploaded")

    def asset(self, tag: str, name: str) -> bytes:
        with self._request(f"read {name} of release {tag}") as repository:
            for asset in _required(repository, tag).get_assets():
                if asset.name == name:
                    status, headers, content = asset.download_asset(chunk_size=65536)
                    if status != 200:
                        raise GithubException(status, headers=headers)
                    return b"".join(content)
        raise ForgeMissing(f"read {name} of release {tag}: no such asset")

    def publish_release(self, tag: str) -> PublishedRelease:
        with self._request(f"publish release {tag}") as repository:
            found = _required(repository, tag)
            if found.draft:
                found = found.update_release(found.name or tag, found.body or "", draft=False)
            return release_of(found)

    def rulesets(self) -> tuple[Mapping[str, Any], ...]:
        with self._request("read the rulesets") as repository:
            return github_rules.rulesets(repository)

    def app_id(self, slug: str) -> int:
        with self._request(f"look up the app {slug}"):
            return self._client.get_app(slug).id

    def workflow_settings(self, environment: str = "") -> frozenset[str]:
        with self._request("list secrets and variables") as repository:
            return github_rules.workflow_settings(repository, environment)

    def set_workflow_variable(self, environment: str, name: str, value: str) -> bool:
        with self._request(f"set {name} in environment {environment}") as repository:
            return github_rules.set_variable(repository, environment, name, value)

    def compare_url(self, old: str, new: str) -> str:
        return compare_page(self.name, old, new)

    @contextmanager
    def _request(self, what: str) -> Iterator[Repository]:
        """Yield the repository; any failure in the block becomes a `ForgeError` naming ``what``."""
        try:
            yield self._client.get_repo(self.name)
        except RateLimitExceededException as error:
            raise busy(f"{what} of {self.name}") from error
        except GithubException as error:
            raise error_of(f"{what} of {self.name}", error) from error
        except requests.RequestException as error:
            raise connection_error(f"{what} of {self.name}", error) from error
        except UNDOCUMENTED as error:
            raise undocumented_error(f"{what} of {self.name}", error) from error

    @cached_property
    def _client(self) -> Github:
        limit_connections()
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
            # The name is enough: no request just to open the repository.
            lazy=True,
        )


def _found(repository: Repository, tag: str) -> GitRelease | None:
    return next((each for each in repository.get_releases() if each.tag_name == tag), None)


def _required(repository: Repository, tag: str) -> GitRelease:
    if (release := _found(repository, tag)) is None:
        raise ForgeMissing(f"read release {tag}: no such release")
    return release
