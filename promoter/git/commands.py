"""Running git: argument lists in, bytes or text out, errors as `GitError`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from promoter.common.errors import GitError

# Variables that say how to reach a remote or which configuration to read. Every other
# inherited GIT_* (GIT_DIR, GIT_INDEX_FILE, ... as set inside a hook) would silently move
# our commands to another repository, so it is dropped. cepler's own GIT_URL, GIT_BRANCH
# and GIT_PRIVATE_KEY are arguments of ours, not git's.
_KEPT = frozenset(
    {
        "GIT_ALLOW_PROTOCOL",
        "GIT_ASKPASS",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_SYSTEM",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
        "GIT_TRACE",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")

# A lock that is there: of a git that is at work, or of one that was killed.
LOCK = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a git process: ours less the inherited GIT_* that redirect it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    # Messages are matched, and a prompt would hang a pipeline for ever.
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(extra or {})}


@dataclass(frozen=True)
class Commands:
    """Git commands in one folder."""

    dir: Path

    def output(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> bytes:
        """Standard output of ``git <arguments>``; raises `GitError` on a non-zero exit."""
        done = self.attempt(*arguments, stdin=stdin, env=env)
        if done.returncode != 0:
            raise failure(arguments, self.dir, done.stderr.decode(errors="replace"))
        return done.stdout

    def attempt(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """The finished process of ``git <arguments>``, whatever its exit code."""
        try:
            return subprocess.run(
                ["git", *arguments],
                cwd=self.dir,
                input=stdin,
                capture_output=True,
                check=False,
                env=environment(env),
            )
        except FileNotFoundError as error:
            raise _cannot_run(self.dir) from error

    @contextmanager
    def process(
        self, *arguments: str, env: Mapping[str, str] | None = None, talks: bool = False
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A running ``git <arguments>`` with pipes to its input and output, ended with the block.

        For commands that answer question by question (``cat-file --batch``) or whose output
        is read only as far as it is needed. What it says on standard error is dropped, or
        comes with its output where it ``talks`` (progress).
        """
        try:
            running = subprocess.Popen(
                ["git", *arguments],
                cwd=self.dir,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if talks else subprocess.DEVNULL,
                env=environment(env),
            )
        except FileNotFoundError as error:
            raise _cannot_run(self.dir) from error
        with running:
            try:
                yield running
            finally:
                running.kill()

    def text(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Standard output as text, less the newline at its end."""
        return self.output(*arguments, env=env).decode(errors="surrogateescape").rstrip("\n")

    def lines(self, *arguments: str) -> list[str]:
        """Standard output by line."""
        return self.text(*arguments).splitlines()


def failure(arguments: Sequence[str], folder: Path, stderr: str) -> GitError:
    """The error of a command that git ended with these words."""
    said = [line for line in stderr.strip().splitlines() if line.strip()]
    told = [line for line in said if line.startswith(("fatal: ", "error: "))] or said
    cause = "; ".join(told[-3:]) or "no message"
    lock = LOCK.search(stderr)
    next_step = unlock(lock[1]) if lock is not None else ""
    return GitError(f"run git {arguments[0]} in {folder}: {cause}", stderr, next_step=next_step)


def unlock(lock: str) -> str:
    """What to do about the file of a lock that is in the way."""
    return f"if no git is at work there, remove {lock}, then run the command again"


def _cannot_run(folder: Path) -> GitError:
    if not folder.is_dir():
        return GitError(f"run git in {folder}: no such folder")
    return GitError("run git: it is not on PATH", next_step="install git 2.38 or newer")
