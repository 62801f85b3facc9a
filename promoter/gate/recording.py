"""Recording in a work tree: the state file on disk, its commit, and the way to the remote."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from promoter.errors import GitError
from promoter.gate.deployment import Recorded
from promoter.git import Git, Identity

CEPLER = Identity("Cepler", "bot@cepler.io")
"""Who records are committed by, as cepler has it."""


def write_atomically(file: Path, content: bytes) -> None:
    """Make ``file`` hold ``content``: a kill at any instant leaves the old bytes or the new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, staged = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(staged).chmod(_mode(file))
        Path(staged).replace(file)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(staged).unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def commit_record(git: Git, recorded: Recorded) -> str:
    """Commit the state file that lies in the work tree, on top of HEAD; gives the commit.

    As cepler does, the commit is of the index as it is, with the state file added.
    """
    head = git.commit("HEAD")
    if head is None:
        raise GitError("commit the record: there is no commit to add it to")
    git.text("update-index", "--add", "--", recorded.path)
    commit = git.commit_tree(git.text("write-tree"), [head], recorded.message, CEPLER)
    git.text("update-ref", "-m", f"commit: {recorded.message}", "HEAD", commit, head)
    return commit


def reset_head(git: Git) -> None:
    """Give every file of HEAD its committed content again; other files stay."""
    with git.scratch_index() as scratch:
        git.text("read-tree", "HEAD", env=scratch)
        git.text("checkout-index", "--all", "--force", "--quiet", env=scratch)


def _mode(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
