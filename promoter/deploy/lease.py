"""The lease on an environment: a ref on the remote that names the process that deploys it.

The ref ``refs/promoter/lease/<environment>`` is moved by compare-and-swap only, so of two
concurrent deploys of one environment the second fails at once. It points at a commit whose
message names the holder and the time of expiry; its tree has the running step, for people.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from promoter.common.errors import GitError, NotCleared, PromoterError, RemoteMoved
from promoter.common.holder import Holder, stamp
from promoter.common.progress import Progress
from promoter.common.signals import INTERRUPTS
from promoter.git import Git, Identity

DURATION = timedelta(minutes=60)
_FRESH = timedelta(minutes=5)
_CLOCK_SKEW = timedelta(minutes=10)
_STEP = "step"

_IDENTITY = Identity("promoter", "promoter@localhost")


@dataclass
class Lease:
    """A lease that this process holds on one environment; threads may share it."""

    git: Git
    remote: str
    environment: str
    commit: str
    holder: Holder
    step: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def renew(self) -> None:
        """Extend the lease to its full duration; raise where another took it over.

        One that was just taken is left as it is: nobody can have taken it over.
        """
        now = datetime.now(UTC)
        if datetime.fromisoformat(self.holder.until) - now > DURATION - _FRESH:
            return
        try:
            self._move(replace(self.holder, until=stamp(now + DURATION)), self.step)
        except RemoteMoved as error:
            raise PromoterError(
                f"renew lease on {self.environment}: another deploy took it over",
                next_step="wait until that deploy has ended, then run the command again",
            ) from error

    def show(self, step: str) -> None:
        """Show ``step`` to those who read the lease; it decides nothing."""
        self._move(self.holder, step)

    def _move(self, holder: Holder, step: str) -> None:
        """Replace the lease; raises `RemoteMoved` where it is not ours any more."""
        with self._lock:
            commit = _write(self.git, holder, step)
            try:
                self._push(commit)
            except RemoteMoved:
                if not self._found_again():
                    raise
                self._push(commit)
            self.commit, self.holder, self.step = commit, holder, step

    def release(self) -> None:
        """Release the lease, unless another deploy has taken it over."""
        with INTERRUPTS.held_back(cleanup=True), self._lock:
            try:
                self._push("")
            except RemoteMoved:
                if self._found_again():
                    self._push("")

    def _push(self, commit: str) -> None:
        self.git.push(self.remote, commit, _ref(self.environment), expect=self.commit)

    def _found_again(self) -> bool:
        """Return whether the remote has it at another commit: a push that was ended arrived."""
        now = self.git.remote_ref(self.remote, _ref(self.environment))
        if now is None or now == self.commit:
            return False
        holder = _read(self.git, self.remote, self.environment, now)
        if holder.token != self.holder.token:
            return False
        self.commit = now
        return True


def acquire(git: Git, remote: str, environment: str) -> Lease:
    """Take the lease on ``environment``.

    A lease that has expired, or whose process on this host has ended, is taken over. Raises
    `NotCleared` naming the holder while another deploy holds it, and another `PromoterError`
    for a ref in its place that no deploy made.
    """
    now = datetime.now(UTC)
    current = git.remote_ref(remote, _ref(environment))
    if current is not None:
        _refuse_unless_free(_read(git, remote, environment, current), environment, now)
    holder = Holder.this_process(now)
    lease = Lease(git, remote, environment, _write(git, holder), holder)
    try:
        git.push(remote, lease.commit, _ref(environment), expect=current)
    except RemoteMoved as error:
        _refuse_obstacles(git, remote, environment)
        if git.remote_ref(remote, _ref(environment)) == current:
            raise  # Nobody took it: the remote refuses for another reason, which it names.
        raise _taken(environment, "another deploy that started a moment ago") from error
    except GitError:
        with suppress(PromoterError):
            lease.release()  # A push that was ended may have arrived.
        raise
    return lease


@contextmanager
def held(git: Git, remote: str, environment: str, progress: Progress) -> Iterator[Lease]:
    """Hold the lease while the block runs; release it however the block ends.

    One that cannot be released is noted: it decides nothing about the block, and expires.
    """
    lease: Lease | None = None
    try:
        with INTERRUPTS.held_back():
            lease = acquire(git, remote, environment)
        yield lease
    finally:
        try:
            if lease is not None:
                lease.release()
        except PromoterError as error:
            progress.note(f"the lease on {environment} is not released, it expires: {error}")


@dataclass(frozen=True)
class RunningDeploy:
    """A deploy that holds its lease, and the ``step`` that it showed last, "" before the first."""

    holder: Holder
    step: str = ""


def running_deploys(git: Git, remote: str, refs: Mapping[str, str]) -> dict[str, RunningDeploy]:
    """Return the deploys that run now, by environment, of the ``refs`` that ``remote`` has.

    A ref that no deploy made is left out, and so is a lease that has ended.
    """
    found, now = {}, datetime.now(UTC)
    for name, commit in refs.items():
        environment = name.removeprefix(_ref(""))
        if environment == name:
            continue
        with suppress(PromoterError):
            holder = _read(git, remote, environment, commit)
            if not holder.ended(now):
                step = (git.file(commit, _STEP) or b"").decode(errors="replace")
                found[environment] = RunningDeploy(holder, step)
    return found


def _refuse_unless_free(holder: Holder, environment: str, now: datetime) -> None:
    if not holder.ended(now):
        raise _taken(environment, str(holder), until=holder.until)


def _taken(environment: str, holder: str, until: str = "that deploy has ended") -> NotCleared:
    return NotCleared(
        f"deploy {environment}: it is being deployed by {holder}",
        next_step=f"wait until {until}, then run the command again",
    )


def _ref(environment: str) -> str:
    return f"refs/promoter/lease/{environment}"


def _write(git: Git, holder: Holder, step: str = "") -> str:
    entry = f"100644 blob {git.write_blob(step.encode())}\t{_STEP}\n" if step else ""
    tree = git.output("mktree", stdin=entry.encode()).decode().strip()
    return git.commit_tree(tree, [], json.dumps(asdict(holder), indent=1), _IDENTITY)


def _read(git: Git, remote: str, environment: str, commit: str) -> Holder:
    ref = _ref(environment)
    git.fetch(remote, ref)
    try:
        holder = Holder.parse(git.text("log", "-1", "--format=%B", commit))
        if datetime.fromisoformat(holder.until) > datetime.now(UTC) + DURATION + _CLOCK_SKEW:
            raise ValueError(holder.until)
        return holder
    except (ValueError, GitError, RecursionError) as error:
        raise _obstacle(remote, environment, ref) from error


def _refuse_obstacles(git: Git, remote: str, environment: str) -> None:
    """Raise an error for a ref that leaves no room for that of the lease."""
    ref, parent = _ref(environment), "refs/promoter/lease"
    listed = (line.partition("\t")[2] for line in git.lines("ls-remote", "--", remote))
    for name in listed:
        if name in (parent, "refs/promoter") or name.startswith(f"{ref}/"):
            raise _obstacle(remote, environment, name)


def _obstacle(remote: str, environment: str, ref: str) -> PromoterError:
    return PromoterError(
        f"read lease on {environment}: {ref} on {remote} is not a lease that a deploy made",
        next_step=f"inspect it, then delete it: git push {remote} :{ref}",
    )
