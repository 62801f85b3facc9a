"""The commits of a repository, and the check that their messages are conventional."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from promoter.git import Git
from promoter.release.cog import CogSettings
from promoter.release.conventional import EXPECTED_FORM, Conventional, NotConventional, parse
from promoter.release.errors import ReleaseError

_FIXUP = ("fixup!", "squash!", "amend!")


@dataclass(frozen=True)
class Commit:
    """One commit: its id (40 hex digits), its number of parents, and its whole message."""

    id: str
    parents: int
    message: str


@dataclass(frozen=True)
class RejectedCommit:
    """A commit whose message must not be merged, and the reason."""

    commit: Commit
    reason: str

    def __str__(self) -> str:
        subject = self.commit.message.strip().partition("\n")[0]
        return f"{self.commit.id[:12]} {subject!r}: {self.reason}"


def commits(git: Git, *revisions: str) -> Iterator[Commit]:
    """Yield the commits of ``git log <revisions>``, newest first; raises `GitError`."""
    text = git.text("log", "-z", "--no-show-signature", "--format=%H %P%n%B", *revisions, "--")
    for record in filter(None, text.split("\0")):
        ids, _, message = record.partition("\n")
        commit_id, *parents = ids.split()
        yield Commit(commit_id, len(parents), message)


def check_commits(
    git: Git, revisions: str, settings: CogSettings
) -> tuple[int, list[RejectedCommit]]:
    """Return the number of commits checked in ``revisions`` (``main..HEAD``), and the rejected.

    Raises `ReleaseError` for anything but a range.
    """
    require_range("check commits", revisions, "main..HEAD")
    checked = list(commits_to_check(commits(git, revisions), settings))
    rejected = []
    for commit in checked:
        try:
            parse_commit(commit, settings)
        except NotConventional as error:
            rejected.append(RejectedCommit(commit, str(error)))
    return len(checked), rejected


def commits_to_check(commits: Iterable[Commit], settings: CogSettings) -> Iterator[Commit]:
    """Yield ``commits`` without the merge and fixup commits, where cog.toml says so."""
    for commit in commits:
        merge = settings.ignore_merge_commits and commit.parents > 1
        fixup = settings.ignore_fixup_commits and commit.message.startswith(_FIXUP)
        if not merge and not fixup:
            yield commit


def parse_commit(commit: Commit, settings: CogSettings) -> Conventional:
    """Return the commit's parsed message; raises `NotConventional` for unknown types or scopes."""
    message = parse(commit.message)
    scope: tuple[str, str, Collection[str] | None] = ("scope", message.scope, settings.scopes)
    for kind, name, known in (scope, ("type", message.type, settings.types)):
        if name and known is not None and name not in known:
            names = ", ".join(sorted(known))
            raise NotConventional(f"the {kind} {name!r} is none of: {names}")
    return message


def versioning_message(commit: Commit, settings: CogSettings) -> Conventional | None:
    """Return the message where it counts for the version, None where cog skips the commit."""
    if settings.ignore_merge_commits and commit.parents > 1:
        return None
    with suppress(NotConventional):
        return parse_commit(commit, settings)
    return None


def required_form(settings: CogSettings) -> str:
    """Return the form that a message must have, with the known types."""
    return f"expected: {EXPECTED_FORM}; types: {', '.join(sorted(settings.types))}"


def require_range(verb: str, revisions: str, example: str) -> None:
    """Raise `ReleaseError` unless ``revisions`` is a range like ``example``.

    Both ends are named: git reads an empty one, as an unset variable leaves it, as HEAD.
    """
    first, _, last = revisions.partition("..")
    if revisions.startswith("-") or not first or not last.strip("."):
        raise ReleaseError(
            f"{verb} {revisions!r}: not a range of two commits", next_step=f"write it as {example}"
        )
