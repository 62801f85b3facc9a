"""The people behind commits: authors, committers, co-authors, and recorded source authors."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import IO, NamedTuple, cast

from promoter.common.errors import GitError
from promoter.git.commands import Process
from promoter.git.repository import Git

SOURCE_AUTHOR = "Source-author"
"""The trailer of a vendoring commit that names somebody behind the vendored sources."""

NO_ADDRESS = "(no mail address)"
"""An author without a mail address, whom no teams file knows."""

# Anywhere in the message: git takes a block for trailers only if it has few other lines.
_NAMED = re.compile(rf"(?im)^[ \t]*(Co-authored-by|{SOURCE_AUTHOR})[ \t]*:[ \t]*(.*)$")
_ADDRESS = re.compile(r"<([^<>]*)>")
_FORMAT = "%H%n%ae%n%ce%n%B"
_CHUNK = 256  # commits requested at once: their ids fit into a pipe

PEOPLE_OPTIONS = ("diff-tree", "--stdin", "--always", "--no-patch", f"--format={_FORMAT}")
"""The command whose process `PeopleReader` reads from."""


class CommitPeople(NamedTuple):
    """The mail addresses behind one commit, in lower case, and whether it names source authors."""

    commit: str
    mails: frozenset[str]
    has_sources: bool


class PeopleReader:
    """Reads the people of commits through one running process (see `PEOPLE_OPTIONS`)."""

    def __init__(self, process: Process) -> None:
        self._requests = cast("IO[bytes]", process.stdin)
        self._responses = cast("IO[bytes]", process.stdout)
        self._mark = b"=" + os.urandom(8).hex().encode() + b"\n"
        self._known: dict[str, CommitPeople] = {}

    def read(self, commits: Sequence[str]) -> list[CommitPeople]:
        """Return the people of each of ``commits``, which are full ids, in the same order."""
        new = [each for each in dict.fromkeys(commits) if each not in self._known]
        for start in range(0, len(new), _CHUNK):
            chunk = new[start : start + _CHUNK]
            self._requests.writelines(f"{each}\n".encode() + self._mark for each in chunk)
            self._requests.flush()
            self._known.update((each, self._response(each)) for each in chunk)
        return [self._known[each] for each in commits]

    def _response(self, commit: str) -> CommitPeople:
        lines: list[bytes] = []
        for line in self._responses:
            if line == self._mark:
                break
            lines.append(line)
        found = _people(b"".join(lines).decode(errors="replace"))
        if found.commit != commit:
            raise GitError(f"read the people of commit {commit}: git diff-tree ended")
        return found


def people_between(
    git: Git, old: str | None, new: str, paths: Sequence[str] = ()
) -> frozenset[str]:
    """Return the mail addresses behind the commits after ``old`` up to ``new``.

    With ``paths`` only of commits that change one of them. Without ``old``, of all history.
    """
    found = commits_between(git, old, new, paths)
    return frozenset(mail for commit in found for mail in commit.mails)


def commits_between(
    git: Git, old: str | None, new: str, paths: Sequence[str] = ()
) -> Iterator[CommitPeople]:
    """Yield the people of each commit of ``paths`` after ``old`` up to ``new``.

    A merge is among them only where it is not the same as one of its parents.
    """
    since = [f"^{old}"] if old and git.commit(old) else []
    options = ("--full-history", "-z", f"--format={_FORMAT}", "--stdin")
    stdin = "\n".join((new, *since, "--", *paths)).encode("utf-8", "surrogateescape")
    output = git.output("--literal-pathspecs", "log", *options, stdin=stdin)
    for record in filter(None, output.decode(errors="replace").split("\0")):
        yield _people(record)


def deciding_merges(
    git: Git, old: str | None, new: str, paths: Collection[str], known: Collection[str]
) -> Iterator[CommitPeople]:
    """Yield the people of each merge after ``old`` up to ``new`` that decided what ``paths`` have.

    Such a merge drops or alters what one of its parents changed, as `-s ours` does, or has what no
    parent has. One that only joins what its parents changed is not among them, nor are merges by
    people who all are ``known``.
    """
    since = [f"^{old}"] if old and git.commit(old) else []
    options = ("--min-parents=2", "-z", f"--format=%P%n{_FORMAT}")
    output = git.output("log", *options, new, *since).decode(errors="replace")
    for record in filter(None, output.split("\0")):
        parents, _, rest = record.partition("\n")
        merge, own = _people(rest), parents.split()
        if merge.mails <= set(known):
            continue
        if decides(
            merge.commit, own, paths, partial(_changed, git), partial(merge_bases, git, own)
        ):
            yield merge


def people_of(git: Git, commit: str) -> frozenset[str]:
    """Return the mail addresses behind one commit."""
    return _people(git.text("log", "-1", f"--format={_FORMAT}", commit)).mails


def decides(
    merge: str,
    parents: Sequence[str],
    paths: Collection[str],
    changed: Callable[[str, str, Collection[str]], set[str]],
    bases: Callable[[], Sequence[str]],
) -> bool:
    """Return whether ``merge`` drops or alters what a parent has of ``paths``.

    ``changed`` gives those of some paths that differ between two commits, ``bases`` the best
    common ancestors of ``parents``.
    """
    differing = [changed(parent, merge, paths) for parent in parents]
    if not any(differing):
        return False
    common = bases()
    if set.intersection(*differing) or not common:
        return True
    pairs = [pair for pair in zip(parents, differing, strict=True) if pair[1]]
    return any(changed(base, parent, own) for parent, own in pairs for base in common)


def merge_bases(git: Git, parents: Sequence[str]) -> tuple[str, ...]:
    """Return the best common ancestors of ``parents``, none where they have nothing in common."""
    done = git.attempt("merge-base", "--all", "--octopus", *parents)  # Without any it exits with 1.
    return tuple(done.stdout.decode().split())


def _changed(git: Git, old: str, new: str, paths: Collection[str]) -> set[str]:
    """Return those of ``paths`` that are not the same in ``old`` and ``new``."""
    output = git.output("diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new)
    return set(output.decode("utf-8", "surrogateescape").split("\0")) & set(paths)


def _people(record: str) -> CommitPeople:
    commit, author, committer, message = f"{record}\n".split("\n", 3)
    named = _NAMED.findall(message)
    mails = [author, committer, *(_address(value) for _, value in named)]
    sources = any(key.lower() == SOURCE_AUTHOR.lower() for key, _ in named)
    known = frozenset(mail.strip().lower() or NO_ADDRESS for mail in mails)
    return CommitPeople(commit, known, sources)


def _address(value: str) -> str:
    found = _ADDRESS.search(value)
    return found[1] if found else value
