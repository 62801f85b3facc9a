"""The next version, from the conventional commits since the last release.

The rules are cocogitto's (`cog bump --auto`), except for those that docs/decisions names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import semver

from promoter.common.errors import NothingNewer
from promoter.git import Git
from promoter.release.cog import CogSettings
from promoter.release.commits import commits, versioning_message
from promoter.release.errors import ReleaseError

BreakingBelowOne = Literal["major", "minor"]
Increment = Literal["major", "minor", "patch", "none"]

_ORDER: tuple[Increment, ...] = ("none", "patch", "minor", "major")
_CANDIDATE = re.compile(r"rc\.(0|[1-9]\d*)")


@dataclass(frozen=True)
class VersionTag:
    """A tag that is a semantic version, and the commit it points at."""

    name: str
    version: semver.Version
    commit: str

    @property
    def candidate_number(self) -> int | None:
        """The N of ``rc.N``; None for a release or another kind of pre-release."""
        match = _CANDIDATE.fullmatch(self.version.prerelease or "")
        return int(match[1]) if match else None


@dataclass(frozen=True)
class NextVersion:
    """The next release and candidate, and the ``increment`` since ``last``, the last release."""

    final: semver.Version
    candidate: semver.Version
    last: VersionTag | None
    increment: Increment


def version_tags(git: Git, prefix: str = "", *, reachable_from: str = "") -> list[VersionTag]:
    """Return the version tags (in the history of ``reachable_from``), the smallest first."""
    merged = [f"--merged={reachable_from}"] if reachable_from else []
    fields = "--format=%(refname:strip=2) %(objecttype) %(objectname) %(*objectname)"
    tags = []
    for line in git.lines("for-each-ref", fields, *merged, "refs/tags"):
        name, kind, *ids = line.split(" ")
        text = name.removeprefix(prefix)
        if semver.Version.is_valid(text) and kind in ("commit", "tag"):
            tags.append(VersionTag(name, semver.Version.parse(text), [i for i in ids if i][-1]))
    return sorted(tags, key=lambda tag: tag.version)


def next_version(
    git: Git, revision: str, settings: CogSettings, breaking_below_one: BreakingBelowOne = "major"
) -> NextVersion:
    """Return the version after the last release in ``revision``'s history.

    Raises `NothingNewer` where no commit requires one, `ReleaseError` for an unknown revision,
    `GitError` in a shallow clone.
    """
    git.require_full_history("find the next version")
    if (head := git.commit(revision)) is None:
        raise ReleaseError(f"read {revision}: no such commit in {git.dir}")
    tags = version_tags(git, settings.tag_prefix, reachable_from=head)
    last = next((tag for tag in reversed(tags) if not tag.version.prerelease), None)
    base = last.version if last else semver.Version(0)
    breaking: Increment = "major" if base.major else breaking_below_one
    increments: list[Increment] = []
    for commit in commits(git, head, *([f"^{last.commit}"] if last else [])):
        if message := versioning_message(commit, settings):
            increments.append(breaking if message.breaking else settings.types[message.type])
    increment: Increment = max(increments, key=_ORDER.index, default="none")
    if increment == "none":
        since = f"since {last.name}" if last else "so far"
        raise NothingNewer(
            f"find the next version at {head[:12]}: no commit {since} requires a release",
            next_step="a feat, a fix or a breaking change does (cog.toml lists the others)",
        )
    steps = {"major": base.bump_major, "minor": base.bump_minor, "patch": base.bump_patch}
    final = steps[increment]()
    # Candidates never go backwards: with 0.43.0-rc.1 published, 0.42.0 does not come next.
    highest = max((tag.version for tag in tags), default=final)
    final = final if final >= highest else highest.finalize_version()
    return NextVersion(final, _candidate(git, settings, final), last, increment)


def candidate_at(tags: Sequence[VersionTag], commit: str) -> VersionTag | None:
    """Return the newest candidate among ``tags`` at ``commit``."""
    found = [tag for tag in tags if tag.commit == commit and tag.candidate_number is not None]
    return max(found, key=lambda tag: tag.version, default=None)


def parse_version(text: str) -> semver.Version:
    """Return ``text`` as a semantic version; raises `ReleaseError`."""
    try:
        return semver.Version.parse(text.strip())
    except ValueError as error:
        raise ReleaseError(
            f"read version {text.strip()!r}: not a semantic version",
            next_step="write it as 1.2.3 or 1.2.3-rc.1",
        ) from error


def _candidate(git: Git, settings: CogSettings, final: semver.Version) -> semver.Version:
    """Return the first free candidate for ``final``; a tag anywhere takes its number."""
    numbers = [
        tag.candidate_number or 0
        for tag in version_tags(git, settings.tag_prefix)
        if tag.version.finalize_version() == final
    ]
    return final.replace(prerelease=f"rc.{max(numbers, default=0) + 1}")
