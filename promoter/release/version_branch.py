"""The version counter: one text file on a branch of its own, moved by compare-and-swap.

Concourse's semver resource keeps the same file, so a pipeline and this package can take turns.
"""

from dataclasses import dataclass

import semver

from promoter.git import Git, Identity
from promoter.git.ledger import Entry, Ledger, retry_when_moved
from promoter.release.errors import ReleaseError
from promoter.release.version import parse_version


@dataclass(frozen=True)
class Counter:
    """The counted version, and the commit that has it (None: the branch does not exist)."""

    version: semver.Version
    commit: str | None


@dataclass(frozen=True)
class VersionBranch:
    """The counter on ``remote`` of the repository ``git``; 0.0.0 without a branch."""

    git: Git
    remote: str = "origin"
    branch: str = "version"
    file: str = "version"
    author: Identity | None = None

    def read(self) -> Counter:
        """Return the remote's counter; raise `ReleaseError` where it is not a version."""
        if (commit := self.git.follow(self.remote, self.branch).get(self.branch)) is None:
            return Counter(semver.Version(0), None)
        if (content := self.git.file(commit, self.file)) is None:
            raise ReleaseError(
                f"read branch {self.branch} of {self.remote}: it has no file {self.file}",
                next_step=f"commit a file {self.file} with the last version there",
            )
        return Counter(parse_version(content.decode(errors="replace")), commit)

    def move(self, version: semver.Version, present: Counter) -> Counter:
        """Set ``version`` if the branch is still at ``present``; raise `RemoteMoved` if not."""
        files = {self.file: f"{version}\n".encode()}
        entry = Entry(files, f"ci: version {version} [ci skip]", author=self.author)
        ledger = Ledger(self.git, self.remote, self.branch)
        return Counter(version, ledger.push(present.commit, entry))

    def raise_to(self, version: semver.Version) -> Counter:
        """Set ``version`` unless it is reached; raises `RemoteMoved` if others keep moving it."""

        def attempt() -> Counter:
            present = self.read()
            reached = present.commit and present.version >= version
            return present if reached else self.move(version, present)

        return retry_when_moved(attempt)
