"""The version counter: one text file on a branch of its own, moved by compare-and-swap.

What Concourse's semver resource keeps with its git driver (branch `version`, file
`version`), so the pipeline and this package can take turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import semver

from promoter.git import Git, Identity, retry_when_moved
from promoter.release.errors import ReleaseError
from promoter.release.version import parse_version


@dataclass(frozen=True)
class Counter:
    """What the branch says, and the commit that says it (None: there is no branch yet)."""

    version: semver.Version
    commit: str | None


@dataclass(frozen=True)
class VersionBranch:
    """The counter on ``remote`` of the repository ``git``; 0.0.0 where nothing is there."""

    git: Git
    remote: str = "origin"
    branch: str = "version"
    file: str = "version"
    author: Identity | None = None

    def read(self) -> Counter:
        """What the remote's branch says now; raises `ReleaseError` for no version, `GitError`."""
        commit = self.git.follow(self.remote, self.branch).get(self.branch)
        if commit is None:
            return Counter(semver.Version(0), None)
        content = self.git.file(commit, self.file)
        if content is None:
            raise ReleaseError(
                f"read branch {self.branch} of {self.remote}: it has no file {self.file}",
                next_step=f"commit a file {self.file} with the last version there",
            )
        return Counter(parse_version(content.decode(errors="replace")), commit)

    def move(self, version: semver.Version, seen: Counter) -> Counter:
        """Say ``version`` where the branch still says ``seen``; raises `RemoteMoved` if not."""
        if version == seen.version and seen.commit:
            return seen
        files = {self.file: f"{version}\n".encode()}
        message = f"ci: version {version} [ci skip]"
        commit = self.git.commit_files(seen.commit, files, message, author=self.author)
        self.git.push(self.remote, commit, self._ref, expect=seen.commit)
        return Counter(version, commit)

    def raise_to(self, version: semver.Version) -> Counter:
        """Say ``version`` unless the branch is there or beyond already.

        Another's move in between is looked at and kept if it is higher, so of two at once
        the higher version stands. Raises `RemoteMoved` when others keep moving it.
        """

        def raised() -> Counter:
            seen = self.read()
            there = seen.commit and seen.version >= version
            return seen if there else self.move(version, seen)

        return retry_when_moved(raised)

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.branch}"
