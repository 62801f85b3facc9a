"""The `Forge` Protocol: the part of GitHub that a release needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from promoter.common.errors import PromoterError

BOT_LOGIN = "galoybot-app[bot]"
"""GitHub's name of the bot, which is the app `galoybot-app`."""


class ForgeError(PromoterError):
    """The forge refused, or could not be reached."""


class ForgeConflict(ForgeError):
    """A request contradicts the present state: a moved head, a draft, a name in use."""


class ForgeMissing(ForgeError):
    """There is no such pull request, release or asset."""


class ForgeBusy(ForgeError):
    """The forge's rate limit lasts longer than waiting is worth."""


class PullRequestState(StrEnum):
    """The state of a pull request."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class Conclusion(StrEnum):
    """The result of a check of a commit; pending until it ends."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"


@dataclass(frozen=True)
class NewPullRequest:
    """A pull request to open: branch ``head`` into branch ``base``."""

    title: str
    body: str
    head: str
    base: str = "main"
    draft: bool = False
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PullRequest:
    """A pull request of the forge.

    ``head_commit`` is the branch's tip (of a merged or closed one: the last one),
    ``merge_commit`` the commit that the merge created; both 40 hex digits.
    """

    number: int
    title: str
    body: str
    head: str
    head_commit: str
    base: str
    author: str
    state: PullRequestState
    draft: bool
    labels: frozenset[str]
    merge_commit: str | None = None
    url: str = ""


@dataclass(frozen=True)
class Issue:
    """An issue of the forge; ``closed`` is the time at which it was, None while it is open."""

    number: int
    title: str
    labels: frozenset[str]
    opened: datetime
    closed: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Asset:
    """A file of a release; ``size`` in bytes, ``complete`` once it is wholly uploaded."""

    name: str
    size: int
    complete: bool = True


@dataclass(frozen=True)
class PublishedRelease:
    """A release of the forge; ``draft`` until publishing it creates ``tag`` at ``commit``."""

    tag: str
    commit: str
    name: str
    notes: str
    draft: bool
    assets: tuple[Asset, ...] = ()
    url: str = ""

    def asset(self, name: str) -> Asset | None:
        """Return the asset called ``name``, None where there is none."""
        return next((asset for asset in self.assets if asset.name == name), None)


@dataclass(frozen=True)
class StatusCheck:
    """The result of the check ``name`` for a commit; ``summary`` is one line."""

    name: str
    conclusion: Conclusion
    summary: str = ""


class DeploymentState(StrEnum):
    """The state of a deployment, by GitHub's name."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    SUCCESS = "success"
    FAILURE = "failure"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class DeploymentReport:
    """The state of the deployment of ``commit`` to ``environment``, described in one line."""

    environment: str
    commit: str
    state: DeploymentState
    description: str


@dataclass(frozen=True)
class Query:
    """A filter of pull requests: every field that is set has to match, ``labels`` all of them."""

    state: PullRequestState | None = PullRequestState.OPEN
    head: str = ""
    labels: frozenset[str] = frozenset()

    def matches(self, pull: PullRequest) -> bool:
        """Return whether ``pull`` matches."""
        named = self.state in (None, pull.state) and self.head in ("", pull.head)
        return named and self.labels <= pull.labels


class Forge(Protocol):
    """One repository at a forge, seen by one actor; every method raises `ForgeError`."""

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        """Return the matching pull requests, the newest first."""

    def pull_request(self, number: int) -> PullRequest:
        """Return the pull request with ``number``."""

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Return those that brought ``commit`` to the repository; if none is merged, open ones."""

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """Open a pull request; a second one for the same head and base is a conflict."""

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        """Replace title and body."""

    def close_pull_request(self, number: int) -> None:
        """Close it unmerged; a closed one stays as it is."""

    def mark_ready(self, number: int) -> None:
        """Make a draft ready for review."""

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        """Merge it if its head is still ``head_commit``; a draft is a conflict."""

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        """Add ``labels`` to it."""

    def issues(self, label: str) -> tuple[Issue, ...]:
        """Return the issues with ``label``, open and closed ones, the newest first."""

    def changed_files(self, number: int) -> tuple[str, ...]:
        """Return the paths that it changes, both names of a renamed file."""

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """Return the latest result of each check of ``commit``, by name."""

    def required_checks(self, branch: str) -> tuple[str, ...]:
        """Return the names of the checks that ``branch`` requires before a merge."""

    def set_check(self, commit: str, check: StatusCheck) -> None:
        """Set the result of a check of ``commit``."""

    def report_deployment(self, report: DeploymentReport) -> None:
        """Show ``report`` as the newest state of that deployment; an equal one is left as it is."""

    def release(self, tag: str) -> PublishedRelease | None:
        """Return the release of ``tag``, drafts included."""

    def draft_release(self, tag: str, commit: str, name: str, notes: str) -> PublishedRelease:
        """Create a draft release; a second one for the same tag is a conflict."""

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        """Attach a file to the draft of ``tag``; a published or complete one is a conflict."""

    def asset(self, tag: str, name: str) -> bytes:
        """Return the bytes of a release's file."""

    def publish_release(self, tag: str) -> PublishedRelease:
        """Publish the draft of ``tag``; a published one stays as it is."""

    def rulesets(self) -> tuple[Mapping[str, Any], ...]:
        """Return the rulesets of the repository, each as GitHub's REST API documents it."""

    def app_id(self, slug: str) -> int:
        """Return the number of the app ``slug``, which rulesets name it by."""

    def workflow_settings(self, environment: str = "") -> frozenset[str]:
        """Return the names of the secrets and variables of workflows: ``secrets.X``, ``vars.Y``."""

    def set_workflow_variable(self, environment: str, name: str, value: str) -> bool:
        """Set a variable of ``environment``; return False if it has ``value`` already."""

    def compare_url(self, old: str, new: str) -> str:
        """Return the address of the page that compares two commits."""
