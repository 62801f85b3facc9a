"""Recording in a work tree: the state file on disk, its commit, and the way to the remote."""

from contextlib import nullcontext
from pathlib import Path

from promoter.cepler.remote import Remote
from promoter.common.errors import GitError
from promoter.common.files import write_atomically
from promoter.common.progress import Progress
from promoter.gate.deployment import Deployment
from promoter.gate.records import ALLOWED_DEPLOYERS, Recorded, observed, record_state
from promoter.git import Git, Identity
from promoter.git.signing import can_sign, listed_keys

CEPLER = Identity("Cepler", "bot@cepler.io")
"""The author and committer of records, as cepler has it."""


def record_here(
    deployment: Deployment,
    name: str,
    progress: Progress,
    *,
    ignore_queue: bool = False,
    commit: bool = True,
    reset: bool = False,
    remote: Remote | None = None,
) -> Recorded:
    """Record the files in the deployment's folder as cepler does; each step is optional.

    Nothing is written before everything has been read without an error.
    """
    progress.note("Recording current state")
    git = deployment.git
    state = observed(deployment, name, ignore_queue=ignore_queue)
    recorded = record_state(deployment, name, state)
    write_atomically(git.dir / recorded.path, recorded.content)
    if commit:
        progress.note("Adding commit to repository to persist state")
        with remote.key_file() if remote else nullcontext() as key:
            commit_record(git, recorded, key)
    if reset:
        progress.note("Reseting head to have a clean workspace")
        reset_head(git)
    if remote is not None:
        progress.note("Pushing to remote")
        if not remote.push(git, recorded.path):
            progress.note("... there was nothing new to push")
    return recorded


def commit_record(git: Git, recorded: Recorded, key: Path | None = None) -> str:
    """Commit the index with the state file in the work tree added, as cepler does; return it.

    Signed by ``key``, or git's own, where the repository lists deployers, which cepler does not.
    """
    head = git.commit("HEAD")
    if head is None:
        raise GitError("commit the record: there is no commit to add it to")
    git.text("update-index", "--add", "--", recorded.path)
    tree = git.text("write-tree")
    sign = bool(listed_keys(git.file(head, ALLOWED_DEPLOYERS))) and (bool(key) or can_sign(git))
    commit = git.commit_tree(tree, [head], recorded.message, CEPLER, sign=sign, key=key)
    git.text("update-ref", "-m", f"commit: {recorded.message}", "HEAD", commit, head)
    return commit


def reset_head(git: Git) -> None:
    """Restore every file of HEAD; other files stay.

    Unchanged files are not written: the records of other environments are never touched.
    """
    with git.scratch_index() as scratch:
        git.text("read-tree", "HEAD", env=scratch)
        git.attempt("update-index", "-q", "--refresh", env=scratch)  # fails where files differ
        git.text("checkout-index", "--all", "--force", "--quiet", env=scratch)
