"""The heads of a remote's branches that this clone has seen: a branch only ever grows.

They are refs of the clone, ``refs/worktree/promoter/seen/<remote>/<branch>``, moved forward by
every fetch and push of promoter's. A fetch by hand, which follows a rewritten branch, does not
move them.
"""

import re
from collections.abc import Iterable, Mapping

from promoter.common.errors import GitError, RemoteMoved
from promoter.git.repository import Git

_SEEN = "refs/worktree/promoter/seen"
_REPLACED = "refs/replace"


class WentBack(RemoteMoved):
    """A branch of a remote lacks commits that it had before.

    Read again before it is believed: another process of this clone may have seen a newer one.
    """


def note_seen(git: Git, remote: str, branch: str, commit: str) -> None:
    """Remember that ``branch`` of ``remote`` was at ``commit``."""
    git.text("update-ref", f"{_folder(remote)}/{branch}", commit)


def forget_seen(git: Git, remote: str) -> None:
    """Forget the branches of ``remote``, which is a new repository now."""
    for ref in git.lines("for-each-ref", "--format=%(refname)", f"{_folder(remote)}/"):
        git.text("update-ref", "-d", ref)


def require_growth(git: Git, remote: str, branches: Iterable[str], tips: Mapping[str, str]) -> None:
    """Remember the ``tips`` of ``branches``; raise `WentBack` where one went back, or is gone.

    Raises `GitError` for replacement objects in the clone: people would see other content than
    what is decided by.
    """
    seen = _refs(git, remote)
    for replaced in (ref for ref in seen if ref.startswith(_REPLACED)):
        object_id = replaced.rpartition("/")[2]
        raise GitError(
            f"read {git.dir}: git replace shows another object instead of {object_id[:12]} there",
            next_step=f"git replace -d {object_id}",
        )
    for branch in branches:
        ref, tip = f"{_folder(remote)}/{branch}", tips.get(branch)
        before = seen.get(ref)
        if before and not (tip and (tip == before or git.is_ancestor(before, tip))):
            raise WentBack(
                f"read {branch} of {remote}: it was at {before[:12]} and is "
                f"{f'at {tip[:12]}, which is not on top of that' if tip else 'gone'}",
                next_step="find out who rewrote it, and push the lost commits again; or, if it is "
                f"meant to be so: git update-ref -d {ref}",
            )
        if tip and tip != before:
            note_seen(git, remote, branch, tip)


def _folder(remote: str) -> str:
    """Return the folder of the refs of ``remote``, a name or an address."""
    return f"{_SEEN}/{re.sub(r'[^A-Za-z0-9_-]+', '-', remote)}"


def _refs(git: Git, remote: str) -> dict[str, str]:
    """Return the commits of the refs that this module knows, by their names."""
    listed = git.lines(
        "for-each-ref", "--format=%(objectname) %(refname)", f"{_folder(remote)}/", f"{_REPLACED}/"
    )
    return {name: commit for commit, _, name in (line.partition(" ") for line in listed)}
