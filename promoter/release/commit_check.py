"""The pull request's check: every commit message is of the form that versions come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from promoter.git import Git
from promoter.release.cog import CogSettings
from promoter.release.conventional import EXPECTED_FORM, NotConventional
from promoter.release.errors import ReleaseError
from promoter.release.history import Commit, checked, commits, is_fixup


@dataclass(frozen=True)
class Refused:
    """A commit whose message may not be merged, and why."""

    commit: Commit
    reason: str

    def __str__(self) -> str:
        return f"{self.commit.id[:12]} {self.commit.subject!r}: {self.reason}"


def check(git: Git, revisions: str, settings: CogSettings) -> tuple[int, list[Refused]]:
    """How many commits of ``revisions`` (``main..HEAD``) were read, and which are refused.

    Merge and fixup commits are passed over where cog.toml says so. Raises `ReleaseError`
    for what is no range.
    """
    if revisions.startswith("-") or ".." not in revisions:
        raise ReleaseError(
            f"check commits {revisions}: not a range", next_step="write it as main..HEAD"
        )
    read = list(to_check(commits(git, revisions), settings))
    return len(read), [Refused(commit, why) for commit in read if (why := _why(commit, settings))]


def to_check(read: Iterable[Commit], settings: CogSettings) -> Iterator[Commit]:
    """``read`` without the merge and fixup commits, where cog.toml says so."""
    for commit in read:
        merge = settings.ignore_merge_commits and commit.parents > 1
        if not merge and not (settings.ignore_fixup_commits and is_fixup(commit)):
            yield commit


def required_form(settings: CogSettings) -> str:
    """How a message has to look, and the types there are."""
    return f"expected: {EXPECTED_FORM}; types: {', '.join(sorted(settings.types))}"


def _why(commit: Commit, settings: CogSettings) -> str:
    try:
        checked(commit, settings)
    except NotConventional as error:
        return str(error)
    return ""
