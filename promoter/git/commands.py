"""Run git: argument lists in, bytes or text out, errors as `GitError`."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from promoter.common.child import run_child
from promoter.common.environment import GIT, child_environment
from promoter.common.errors import GitError, RemoteMoved
from promoter.common.signals import INTERRUPTS

Process = subprocess.Popen[bytes]

# Content is what the object store has, and no code of the caller's runs: no replaced or grafted
# objects, hooks (those of a remote run), filters by attributes from outside of the tree, monitors.
_FAITHFUL = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",  # git warns of one that exists, even if it is empty
    "GIT_ATTR_NOSYSTEM": "1",
}
_SETTINGS = (
    *(f"core.{name}={os.devnull}" for name in ("hooksPath", "attributesFile")),
    "core.fsmonitor=false",
    # Two commands in one repository wait for each other's refs.
    "core.filesRefLockTimeout=10000",
    # A title is what the commit has: without a signature's lines, in UTF-8.
    *("log.showSignature=false", "i18n.logOutputEncoding=UTF-8"),
    # A log has every commit that changed a path, and every file that one added.
    *("log.showRoot=true", "log.follow=false", "log.diffMerges=separate"),
    # One ref is pushed, and no other.
    *("push.followTags=false", "push.recurseSubmodules=no", "submodule.recurse=false"),
)
_GIT = ("git", *chain.from_iterable(("-c", setting) for setting in _SETTINGS))

_REMOTE_LINES = 5
_MOVED = ("[rejected]", "stale info", "cannot lock ref", "failed to update ref", "non-fast-forward")

# A lock file of a git process that is running, or of one that was killed.
LOCK = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for a git process: nothing in it points git at another repository.

    cepler's own GIT_URL, GIT_BRANCH and GIT_PRIVATE_KEY are arguments of ours, not git's.
    """
    # Messages are matched, and a prompt would block a pipeline forever.
    fixed = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **_FAITHFUL}
    return {**child_environment(GIT), **fixed, **(extra or {})}


@dataclass(frozen=True)
class Commands:
    """Git commands in one folder."""

    dir: Path

    def output(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        terminal: bool = False,
    ) -> bytes:
        """Return the standard output; raise `GitError` on a non-zero exit code."""
        done = self.attempt(*arguments, stdin=stdin, env=env, terminal=terminal)
        if done.returncode != 0:
            raise failure(arguments, self.dir, done.stderr.decode(errors="replace"))
        return done.stdout

    def attempt(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        terminal: bool = False,
    ) -> subprocess.CompletedProcess[bytes]:
        """Return the finished process of ``git <arguments>``, whatever its exit code.

        One that signs may prompt for a key's passphrase on the ``terminal``. One that sets refs is
        spared by an interrupt, which is raised after it: git would leave the lock of a ref where it
        is interrupted in the instant after it made that.
        """
        command, env = [*_GIT, *arguments], environment(env)
        spared = (
            INTERRUPTS.held_back(cleanup=True) if arguments[0] == "update-ref" else nullcontext()
        )
        try:
            with spared:
                return run_child(command, cwd=self.dir, stdin=stdin, env=env, terminal=terminal)
        except FileNotFoundError as error:
            raise _cannot_run(self.dir) from error

    def push(
        self,
        remote: str,
        source: str,
        ref: str,
        *,
        expect: str | None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Move ``ref`` on ``remote`` to ``source`` if it is still at ``expect`` (None: absent).

        A compare-and-swap (``--force-with-lease`` with the value named), so a commit that
        another process pushed in between is never lost. An empty ``source`` deletes the ref.
        One that arrived has worked, also where the remote's response is lost. Raises
        `RemoteMoved` when the remote's ref is elsewhere.
        """
        lease = f"--force-with-lease={ref}:{expect or ''}"
        done = self.attempt("push", "--porcelain", lease, remote, f"{source}:{ref}", env=env)
        if done.returncode == 0 or self._has_arrived(remote, source, ref, expect):
            return
        output = (done.stdout + done.stderr).decode(errors="replace")
        if (lock := LOCK.search(output)) is not None:
            raise RemoteMoved(
                f"push {ref} to {remote}: {lock[1]} exists: another push is running, or was killed",
                output,
                next_step=unlock(lock[1]),
            )
        if any(sign in output for sign in _MOVED):
            raise RemoteMoved(
                f"push {ref} to {remote}: it is no longer at {(expect or 'nothing')[:12]}",
                output,
                next_step="fetch, review what changed, then run the command again",
            )
        raise failure(("push", remote, ref), self.dir, output)

    def _has_arrived(self, remote: str, source: str, ref: str, expect: str | None) -> bool:
        """Return whether the remote has what a failed push was to bring.

        An absent ref proves no deletion: somebody else may have removed what replaced it.
        """
        if not source or source == expect:
            return False
        listed = self.attempt("ls-remote", "--", remote, ref).stdout.decode(errors="replace")
        return f"{source}\t{ref}" in listed.splitlines()

    @contextmanager
    def process(self, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Process]:
        """Run ``git <arguments>`` with pipes to its input and output while the block runs.

        For commands that serve one request after another (``cat-file --batch``) or whose
        output is read only as far as needed. Standard error is dropped.
        """
        try:
            running = subprocess.Popen(
                [*_GIT, *arguments],
                cwd=self.dir,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(env),
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise _cannot_run(self.dir) from error
        with running:
            try:
                yield running
            finally:
                running.kill()

    def text(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Return standard output as text without the newline at its end."""
        return self.output(*arguments, env=env).decode(errors="surrogateescape").rstrip("\n")

    def lines(self, *arguments: str) -> list[str]:
        """Return standard output by line."""
        return self.text(*arguments).splitlines()


def failure(arguments: Sequence[str], folder: Path, stderr: str) -> GitError:
    """Return the error of a failed command, with the cause taken from ``stderr``."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
    # What a remote says (a hook, a protected branch) comes before git's own conclusion.
    remote = [line.rstrip() for line in lines if line.startswith("remote: ")]
    cause = "; ".join((*remote[-_REMOTE_LINES:], *causes[-3:])) or "no message"
    lock = LOCK.search(stderr)
    next_step = unlock(lock[1]) if lock is not None else ""
    return GitError(f"run git {arguments[0]} in {folder}: {cause}", stderr, next_step=next_step)


def unlock(lock: str) -> str:
    """Return the next step where the lock file ``lock`` is in the way."""
    return f"if no git process is running there, remove {lock}, then run the command again"


def _cannot_run(folder: Path) -> GitError:
    if not folder.is_dir():
        return GitError(f"run git in {folder}: no such folder")
    return GitError("run git: it is not on PATH", next_step="install git 2.38 or newer")
