"""The authors of vendored sources, recorded in the vendoring commit.

A decision that excludes authors reads only the deployments repository, so the commit that brings a
chart in names everyone behind the chart's commits and behind the source commits of its images.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from promoter.common.errors import GitError
from promoter.git import Git
from promoter.git.people import SOURCE_AUTHOR, people_between
from promoter.vendoring.summary import PinChange

TEAMS = "cepler/teams.yml"
"""The file whose presence asks for the trailers: without teams nobody is excluded."""


class SourceRange(NamedTuple):
    """The commits of the repository ``url`` between ``old`` ("" for the first) and ``new``.

    Those after ``old`` arrive, and those that only ``old`` has are undone, as by a rollback.
    """

    url: str
    old: str
    new: str


def ranges(changes: Iterable[PinChange]) -> Iterator[SourceRange]:
    """Yield the source commits behind the images that are pinned anew."""
    for change in changes:
        if change.new is not None:
            yield SourceRange(
                change.new.source,
                change.old.commit_ref if change.old else "",
                change.new.commit_ref,
            )


def trailers(sources: Iterable[SourceRange]) -> tuple[str, ...]:
    """Return a trailer for everyone behind ``sources``.

    A repository that cannot be read has an author whom no teams file knows, so that a change
    nobody can attribute is not approved by its own authors.
    """
    found: set[str] = set()
    for source in dict.fromkeys(sources):
        found |= _people(source)
    return tuple(f"{SOURCE_AUTHOR}: <{mail}>" for mail in sorted(found))


def _people(source: SourceRange) -> frozenset[str]:
    with TemporaryDirectory(prefix="authors-") as folder:
        git = Git(Path(folder))
        try:
            git.text("clone", "--quiet", "--bare", "--filter=tree:0", "--", source.url, ".")
            arrived = people_between(git, source.old or None, source.new)
            known = source.old and git.commit(source.old)
            return arrived | (people_between(git, source.new, known) if known else frozenset())
        except GitError:
            return frozenset({f"unreadable-source-of-{source.new[:12]}"})
