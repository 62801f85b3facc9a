"""Files on a branch of a remote, changed one commit at a time by compare-and-swap.

Records, approvals, attestations and the version counter are kept this way: a change is
computed from the branch's newest commit, and computed again if another process pushed first.
Nothing is ever forced.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from promoter.common.errors import RemoteMoved
from promoter.git.repository import Git, Identity
from promoter.git.seen import note_seen

T = TypeVar("T")

_TRIES = 5


def retry_when_moved(attempt: Callable[[], T], *, pause: float = 0) -> T:
    """Return the result of ``attempt``, repeated a few times while it raises `RemoteMoved`.

    ``attempt`` has to read the remote again each time. The last `RemoteMoved` is raised. The
    n-th retry comes after n times ``pause`` seconds.
    """
    for number in range(1, _TRIES):
        try:
            return attempt()
        except RemoteMoved:
            time.sleep(pause * number)
    return attempt()


class Entry(NamedTuple):
    """One change of a ledger: files by path (None removes one), and the commit's message."""

    files: Mapping[str, bytes | None]
    message: str
    sign: bool = False
    author: Identity | None = None


@dataclass(frozen=True)
class Ledger:
    """The branch ``branch`` of ``remote``, as seen from the clone ``git``."""

    git: Git
    remote: str
    branch: str

    def tip(self) -> str | None:
        """Return the branch's commit on the remote, None where the branch does not exist."""
        return self.git.follow(self.remote, self.branch).get(self.branch)

    def append(self, entry: Callable[[str | None], Entry]) -> str:
        """Commit and push the entry that ``entry`` returns for the tip; return the commit.

        ``entry`` is called again as `retry_when_moved` describes; its own errors are raised.
        """
        return retry_when_moved(lambda: self.push(tip := self.tip(), entry(tip)))

    def push(self, tip: str | None, entry: Entry) -> str:
        """Commit ``entry`` on ``tip`` and push; raise `RemoteMoved` if the branch has moved."""
        commit = self.git.commit_files(
            tip, entry.files, entry.message, author=entry.author, sign=entry.sign
        )
        self.git.push(self.remote, commit, f"refs/heads/{self.branch}", expect=tip)
        note_seen(self.git, self.remote, self.branch, commit)
        return commit
