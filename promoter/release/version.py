"""The next version, from the conventional commits since the last release.

The rules are cocogitto's (`cog bump --auto`), but for those that docs/decisions names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import semver

from promoter.common.errors import NothingNewer
from promoter.git import Git
from promoter.release.cog import CogSettings
from promoter.release.conventional import Conventional
from promoter.release.errors import ReleaseError
from promoter.release.history import VersionTag, commits, counted, version_tags

BreakingBelowOne = Literal["major", "minor"]
Increment = Literal["major", "minor", "patch", "none"]

_ORDER: tuple[Increment, ...] = ("none", "patch", "minor", "major")
_CANDIDATE = re.compile(r"rc\.(0|[1-9]\d*)")


@dataclass(frozen=True)
class NextVersion:
    """What comes next: the release, and the next candidate for it.

    ``last`` is the last release's tag (None before the first), ``increment`` what the
    commits since then ask for.
    """

    final: semver.Version
    candidate: semver.Version
    last: VersionTag | None
    increment: Increment


def next_version(
    git: Git, revision: str, settings: CogSettings, breaking_below_one: BreakingBelowOne = "major"
) -> NextVersion:
    """The version after the last release in ``revision``'s history.

    Raises `NothingNewer` where no commit since then asks for a release, `ReleaseError` for
    an unknown revision.
    """
    head = git.commit(revision)
    if head is None:
        raise ReleaseError(f"read {revision}: no such commit in {git.dir}")
    tags = version_tags(git, settings.tag_prefix, reachable_from=head)
    last = next((tag for tag in reversed(tags) if not tag.version.prerelease), None)
    since = commits(git, head, *([f"^{last.commit}"] if last else []))
    said = [one for commit in since if (one := counted(commit, settings))]
    base = last.version if last else semver.Version(0)
    increment = increment_of(said, settings, base, breaking_below_one)
    if increment == "none":
        raise _nothing(head, last)
    final = _not_below(bumped(base, increment), tags)
    return NextVersion(final, _candidate(git, settings, final), last, increment)


def increment_of(
    said: Iterable[Conventional],
    settings: CogSettings,
    base: semver.Version,
    breaking_below_one: BreakingBelowOne,
) -> Increment:
    """The largest increment that one of the messages asks for after release ``base``."""
    breaking: Increment = "major" if base.major else breaking_below_one
    asked = (breaking if one.breaking else settings.types[one.type] for one in said)
    return max(asked, key=_ORDER.index, default="none")


def bumped(base: semver.Version, increment: Increment) -> semver.Version:
    """``base`` after ``increment``."""
    steps = {
        "major": base.bump_major,
        "minor": base.bump_minor,
        "patch": base.bump_patch,
        "none": base.finalize_version,
    }
    return steps[increment]()


def candidate_number(version: semver.Version) -> int | None:
    """The N of ``rc.N``; None for a release or another kind of pre-release."""
    found = _CANDIDATE.fullmatch(version.prerelease or "")
    return int(found[1]) if found else None


def parse_version(text: str) -> semver.Version:
    """``text`` as a semantic version; raises `ReleaseError`."""
    try:
        return semver.Version.parse(text.strip())
    except ValueError as error:
        raise ReleaseError(
            f"read version {text.strip()!r}: not a semantic version",
            next_step="write it as 1.2.3 or 1.2.3-rc.1",
        ) from error


def _not_below(final: semver.Version, tags: list[VersionTag]) -> semver.Version:
    """Candidates never go backwards: with 0.43.0-rc.1 out, 0.42.0 does not come next."""
    highest = max((tag.version for tag in tags), default=final)
    return final if final >= highest else highest.finalize_version()


def _candidate(git: Git, settings: CogSettings, final: semver.Version) -> semver.Version:
    """The first free candidate for ``final``; a tag anywhere takes its number."""
    numbers = [
        number
        for tag in version_tags(git, settings.tag_prefix)
        if tag.version.finalize_version() == final
        and (number := candidate_number(tag.version)) is not None
    ]
    return final.replace(prerelease=f"rc.{max(numbers, default=0) + 1}")


def _nothing(head: str, last: VersionTag | None) -> NothingNewer:
    since = f"since {last.name}" if last else "so far"
    return NothingNewer(
        f"find the next version at {head[:12]}: no commit {since} asks for a release",
        next_step="a feat, a fix or a breaking change does (cog.toml says what else)",
    )
