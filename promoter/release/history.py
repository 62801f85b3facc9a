"""The commits and version tags of a repository, read in one pass each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import semver

from promoter.git import Git
from promoter.release.cog import CogSettings
from promoter.release.conventional import Conventional, NotConventional, parse
from promoter.release.errors import ReleaseError

_FIXUP = ("fixup!", "squash!", "amend!")


@dataclass(frozen=True)
class Commit:
    """One commit: its id (40 hex digits), how many parents it has, and its whole message."""

    id: str
    parents: int
    message: str

    @property
    def subject(self) -> str:
        """The message's first line."""
        return self.message.strip().partition("\n")[0]


@dataclass(frozen=True)
class VersionTag:
    """A tag that is a semantic version, and the commit it points at."""

    name: str
    version: semver.Version
    commit: str


def commits(git: Git, *revisions: str) -> Iterator[Commit]:
    """The commits of ``git log <revisions>``, newest first; raises `GitError`."""
    text = git.text("log", "-z", "--no-show-signature", "--format=%H %P%n%B", *revisions, "--")
    for record in filter(None, text.split("\0")):
        ids, _, message = record.partition("\n")
        commit_id, *parents = ids.split()
        yield Commit(commit_id, len(parents), message)


def version_tags(git: Git, prefix: str = "", *, reachable_from: str = "") -> list[VersionTag]:
    """The tags that are versions, the smallest first; others are passed over, as cog does.

    With ``reachable_from`` only those in that commit's history.
    """
    merged = [f"--merged={reachable_from}"] if reachable_from else []
    shown = "--format=%(refname:strip=2) %(objecttype) %(objectname) %(*objectname)"
    tags = []
    for line in git.lines("for-each-ref", shown, *merged, "refs/tags"):
        name, kind, *ids = line.split(" ")
        version = _version(name, prefix)
        if version is not None and kind in ("commit", "tag"):
            tags.append(VersionTag(name, version, [one for one in ids if one][-1]))
    return sorted(tags, key=lambda tag: tag.version)


def counted(commit: Commit, settings: CogSettings) -> Conventional | None:
    """What ``commit`` says where it counts for the version, None where cog passes it over."""
    if settings.ignore_merge_commits and commit.parents > 1:
        return None
    try:
        return checked(commit, settings)
    except ReleaseError:
        return None


def checked(commit: Commit, settings: CogSettings) -> Conventional:
    """What ``commit`` says; raises `NotConventional` where it may not be said like that."""
    said = parse(commit.message)
    if said.scope and settings.scopes is not None and said.scope not in settings.scopes:
        known = ", ".join(sorted(settings.scopes))
        raise NotConventional(f"the scope {said.scope!r} is none of: {known}")
    if said.type not in settings.types:
        known = ", ".join(sorted(settings.types))
        raise NotConventional(f"the type {said.type!r} is none of: {known}")
    return said


def is_fixup(commit: Commit) -> bool:
    """Whether the commit waits to be squashed into another."""
    return commit.message.startswith(_FIXUP)


def _version(name: str, prefix: str) -> semver.Version | None:
    try:
        return semver.Version.parse(name.removeprefix(prefix))
    except ValueError:
        return None
