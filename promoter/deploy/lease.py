"""The lease on an environment: a ref on the remote that names the process that deploys it.

The ref ``refs/promoter/lease/<environment>`` is moved by compare-and-swap only, so of two
concurrent deploys of one environment the second fails at once. It points at a commit whose
message names the holder and the time of expiry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from promoter.common.errors import NotCleared, PromoterError, RemoteMoved
from promoter.common.holder import Holder, stamp
from promoter.git import Git, Identity

DURATION = timedelta(minutes=60)

_IDENTITY = Identity("promoter", "promoter@localhost")


@dataclass(frozen=True)
class Lease:
    """A lease that this process holds on one environment."""

    git: Git
    remote: str
    environment: str
    commit: str
    holder: Holder

    def renew(self) -> Lease:
        """Return the lease extended to its full duration; raise where another took it over."""
        now = datetime.now(UTC)
        holder = replace(self.holder, until=stamp(now + DURATION))
        commit = _write(self.git, holder)
        try:
            self.git.push(self.remote, commit, _ref(self.environment), expect=self.commit)
        except RemoteMoved as error:
            raise PromoterError(
                f"renew lease on {self.environment}: another deploy took it over",
                next_step="wait until that deploy has ended, then run the command again",
            ) from error
        return replace(self, commit=commit, holder=holder)

    def release(self) -> None:
        """Release the lease, unless another deploy has taken it over."""
        try:
            self.git.push(self.remote, "", _ref(self.environment), expect=self.commit)
        except RemoteMoved:
            return


def acquire(git: Git, remote: str, environment: str) -> Lease:
    """Take the lease on ``environment``.

    A lease that has expired, or whose process on this host has ended, is taken over. Raises
    `NotCleared` naming the holder while another deploy holds it.
    """
    now = datetime.now(UTC)
    current = git.remote_ref(remote, _ref(environment))
    if current is not None:
        _refuse_unless_free(_read(git, remote, environment, current), environment, now)
    holder = Holder.this_process(now)
    commit = _write(git, holder)
    try:
        git.push(remote, commit, _ref(environment), expect=current)
    except RemoteMoved as error:
        raise _taken(environment, "another deploy that started a moment ago") from error
    return Lease(git, remote, environment, commit, holder)


@contextmanager
def held(git: Git, remote: str, environment: str) -> Iterator[Lease]:
    """Hold the lease while the block runs; release it however the block ends."""
    lease = acquire(git, remote, environment)
    try:
        yield lease
    finally:
        _current(git, remote, environment, lease).release()


def _current(git: Git, remote: str, environment: str, lease: Lease) -> Lease:
    """Return the lease as the remote has it if it is still ours (`Lease.renew` moves it)."""
    now = git.remote_ref(remote, _ref(environment))
    if now is None or now == lease.commit:
        return lease
    ours = _read(git, remote, environment, now).token == lease.holder.token
    return replace(lease, commit=now) if ours else lease


def _refuse_unless_free(holder: Holder, environment: str, now: datetime) -> None:
    if not holder.expired(now) and not holder.dead():
        raise _taken(environment, str(holder), until=holder.until)


def _taken(environment: str, holder: str, until: str = "that deploy has ended") -> NotCleared:
    return NotCleared(
        f"deploy {environment}: it is being deployed by {holder}",
        next_step=f"wait until {until}, then run the command again",
    )


def _ref(environment: str) -> str:
    return f"refs/promoter/lease/{environment}"


def _write(git: Git, holder: Holder) -> str:
    empty = git.output("mktree").decode().strip()
    return git.commit_tree(empty, [], json.dumps(asdict(holder), indent=1), _IDENTITY)


def _read(git: Git, remote: str, environment: str, commit: str) -> Holder:
    ref = _ref(environment)
    git.fetch(remote, ref)
    try:
        return Holder(**json.loads(git.text("log", "-1", "--format=%B", commit)))
    except (ValueError, TypeError) as error:
        raise PromoterError(
            f"read lease on {environment}: {ref} on {remote} is not a lease",
            next_step=f"inspect it, then delete it: git push {remote} :{ref}",
        ) from error
