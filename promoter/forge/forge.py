"""The `Forge` Protocol: the part of GitHub that a release needs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from promoter.common.errors import PromoterError


class ForgeError(PromoterError):
    """The forge refused, or could not be reached."""


class ForgeConflict(ForgeError):
    """What was asked for contradicts what is there: a moved head, a draft, a name taken."""


class ForgeMissing(ForgeError):
    """There is no such pull request, release or asset."""


class ForgeBusy(ForgeError):
    """The forge limits how often it may be asked, for longer than waiting is worth."""


class PullRequestState(StrEnum):
    """Where a pull request is."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class Conclusion(StrEnum):
    """How a check of a commit ended, or that it has not."""

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
    """A pull request as the forge has it.

    ``head_commit`` is the branch's tip (of a merged or closed one: as it was then),
    ``merge_commit`` what merging made; both 40 hex digits.
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
    merge_commit: str | None
    url: str


@dataclass(frozen=True)
class Asset:
    """A file of a release: its name and size in bytes; ``complete`` once all of it is there."""

    name: str
    size: int
    complete: bool = True


@dataclass(frozen=True)
class ReleaseDraft:
    """A release to make: publishing it makes ``tag`` at ``commit`` where there is none yet."""

    tag: str
    commit: str
    name: str
    notes: str


@dataclass(frozen=True)
class PublishedRelease:
    """A release as the forge has it; ``draft`` until it is published."""

    tag: str
    commit: str
    name: str
    notes: str
    draft: bool
    assets: tuple[Asset, ...] = ()
    url: str = ""

    def asset(self, name: str) -> Asset | None:
        """The asset called ``name``."""
        return next((asset for asset in self.assets if asset.name == name), None)


@dataclass(frozen=True)
class StatusCheck:
    """What a check called ``name`` says of a commit; ``summary`` is one line."""

    name: str
    conclusion: Conclusion
    summary: str = ""


@dataclass(frozen=True)
class Query:
    """Which pull requests: every field that is set has to fit; ``labels`` all of them."""

    state: PullRequestState | None = PullRequestState.OPEN
    head: str = ""
    labels: frozenset[str] = field(default_factory=frozenset)


class Forge(Protocol):
    """One repository at a forge, as the actor who asks.

    Every method raises `ForgeError`; `ForgeMissing` for what is not there, `ForgeConflict`
    where what was asked contradicts what is, `ForgeBusy` under a rate limit.
    """

    def pull_requests(self, query: Query) -> tuple[PullRequest, ...]:
        """The pull requests that fit, the newest first."""
        ...

    def pull_request(self, number: int) -> PullRequest:
        """The one with ``number``."""
        ...

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought ``commit`` to the repository; while none is merged, open ones."""
        ...

    def open_pull_request(self, proposal: NewPullRequest) -> PullRequest:
        """Open one; a second for the same head and base is a conflict."""
        ...

    def edit_pull_request(self, number: int, *, title: str, body: str) -> None:
        """Give it another title and body."""
        ...

    def close_pull_request(self, number: int) -> None:
        """Close it unmerged; nothing if it is closed already."""
        ...

    def mark_ready(self, number: int) -> None:
        """Make a draft ready for review."""
        ...

    def merge_pull_request(self, number: int, *, head_commit: str) -> PullRequest:
        """Merge it if its head still is ``head_commit``; a draft is a conflict."""
        ...

    def add_labels(self, number: int, labels: Collection[str]) -> None:
        """Put ``labels`` on it."""
        ...

    def changed_files(self, number: int) -> tuple[str, ...]:
        """The paths that it changes, both names of a renamed file."""
        ...

    def checks(self, commit: str) -> tuple[StatusCheck, ...]:
        """What the checks say of ``commit``, each check's latest word, by name."""
        ...

    def set_check(self, commit: str, check: StatusCheck) -> None:
        """Say something of ``commit``."""
        ...

    def release(self, tag: str) -> PublishedRelease | None:
        """The release of ``tag``, drafts included."""
        ...

    def draft_release(self, draft: ReleaseDraft) -> PublishedRelease:
        """Make a draft release; one for the same tag is a conflict."""
        ...

    def upload_asset(self, tag: str, name: str, content: bytes) -> Asset:
        """Attach a file to the draft of ``tag``; a published or complete one is a conflict."""
        ...

    def asset(self, tag: str, name: str) -> bytes:
        """The bytes of a release's file."""
        ...

    def publish_release(self, tag: str) -> PublishedRelease:
        """Publish the draft of ``tag``; nothing if it is published already."""
        ...

    def compare_url(self, old: str, new: str) -> str:
        """Where a person sees what lies between two commits."""
        ...
