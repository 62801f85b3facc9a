"""The people behind a change: authors, committers and co-authors of every commit of it."""

from collections.abc import Sequence

from promoter.common.errors import GitError
from promoter.gate.rules import changes_between
from promoter.gate.state import DeployState, EnvironmentState, is_propagated
from promoter.git import Git
from promoter.git.people import commits_without_sources, people_between

_VENDORED = "charts/"


def authors(git: Git, recorded: EnvironmentState | None, would: DeployState) -> frozenset[str]:
    """Return the mail addresses behind what ``would`` changes; all history without a record.

    A commit of a vendored chart that does not record its sources' authors is an unknown author.
    """
    current = recorded.current if recorded else None
    paths: dict[bool, list[str]] = {True: [], False: []}
    for change in changes_between(would, current):
        paths[is_propagated(change.identity)].append(change.path)
    old_heads = (current.head_commit, current.propagated_head) if current else (None, None)
    own = authors_between(git, old_heads[0], would.head_commit, paths[False])
    taken = authors_between(git, old_heads[1], would.propagated_head, paths[True])
    return own | taken


def authors_between(
    git: Git, old: str | None, new: str | None, paths: Sequence[str]
) -> frozenset[str]:
    """Return the mail addresses behind the commits of ``paths`` after ``old`` up to ``new``."""
    if not paths or new is None:
        return frozenset()
    if git.commit(new) is None:
        raise GitError(f"read the authors up to {new[:12]}: there is no such commit")
    vendored = [path for path in paths if path.startswith(_VENDORED)]
    bare = commits_without_sources(git, old, new, vendored) if vendored else frozenset[str]()
    unknown = frozenset(f"unrecorded-sources-of-{commit[:12]}" for commit in bare)
    return people_between(git, old, new, paths) | unknown
