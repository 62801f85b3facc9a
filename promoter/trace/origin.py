"""Where a source commit came from: its pull request and its releases, as the forge has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import semver

from promoter.common.errors import UsageError
from promoter.forge.forge import Forge, ForgeError, PullRequest, PullRequestState
from promoter.forge.remote import forge_of
from promoter.git import Git, is_full_id

_NUMBER = re.compile(r"\(#(\d+)\)$")


@dataclass(frozen=True)
class Origin:
    """What is known of it by name, and every check that failed."""

    facts: Mapping[str, str]
    broken: tuple[str, ...] = ()


def origin_of(git: Git, commit: str, title: str) -> Origin:
    """The origin of ``commit`` (40 hex digits) in a clone whose remote ``origin`` has the forge.

    Where no forge is configured, title and tags are taken at their word, and it is said why.
    """
    tags = git.lines("tag", "--points-at", commit)
    try:
        forge = forge_of(git)
    except UsageError as error:
        return Origin({**_at_their_word(title, tags), "forge": f"not asked: {error}"})
    try:
        return _Asked(git, forge, commit, title, tags).origin()
    except ForgeError as error:
        return Origin(_at_their_word(title, tags), (str(error),))


def _at_their_word(title: str, tags: Sequence[str]) -> Mapping[str, str]:
    number = _NUMBER.search(title)
    return {
        **({"release": f"{', '.join(tags)} (by tag, not checked)"} if tags else {}),
        **({"pull request": f"#{number[1]} (by title, not checked)"} if number else {}),
    }


@dataclass(frozen=True)
class _Asked:
    git: Git
    forge: Forge
    commit: str
    title: str
    tags: Sequence[str]

    def origin(self) -> Origin:
        pulls = self.forge.pull_requests_of(self.commit)
        facts = {"pull request": ", ".join(one.url for one in pulls) or "none"}
        candidates = [tag for tag in self.tags if not _is_final(tag)]
        facts |= {"candidate": ", ".join(candidates)} if candidates else {}
        releases: list[str] = []
        broken = [*self._wrong_pulls(pulls), *self._wrong_releases(releases)]
        facts |= {"release": ", ".join(releases)} if releases else {}
        return Origin(facts, tuple(broken))

    def _wrong_pulls(self, pulls: Sequence[PullRequest]) -> Iterator[str]:
        number = _NUMBER.search(self.title)
        if number and int(number[1]) not in {one.number for one in pulls}:
            yield f"its title names #{number[1]}, which the forge does not know it by"
        for one in pulls:
            if one.state is not PullRequestState.MERGED:
                yield f"pull request #{one.number} is {one.state}, not merged"
            elif not self._contained_in(one.merge_commit):
                yield f"what pull request #{one.number} merged does not contain it"

    def _contained_in(self, merged: str | None) -> bool:
        known = self.git.commit(merged) if merged else None
        return known is not None and self.git.is_ancestor(self.commit, known)

    def _wrong_releases(self, good: list[str]) -> Iterator[str]:
        """What is wrong with the releases of its tags; those that are right go to ``good``."""
        for tag in filter(_is_final, self.tags):
            release = self.forge.release(tag)
            if release is None:
                yield f"its tag {tag} has no release"
            elif release.draft:
                yield f"release {tag} is a draft"
            # GitHub has the branch's name there where a person made the release by hand.
            elif is_full_id(release.commit) and release.commit != self.commit:
                yield f"release {tag} is of commit {release.commit[:12]}"
            else:
                good.append(release.url or tag)


def _is_final(tag: str) -> bool:
    """Whether it names a version that is no candidate."""
    return semver.Version.is_valid(tag) and not semver.Version.parse(tag).prerelease
