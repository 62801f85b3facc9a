"""Where a commit runs, of whichever of the repositories it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import PromoterError, UsageError
from promoter.git import Git
from promoter.site.site import Site
from promoter.site.status import chart_ref
from promoter.trace.pins import Looked
from promoter.trace.repositories import Repositories
from promoter.trace.tracing import Walk

_COMMIT = re.compile(r"[0-9a-f]{4,40}")


@dataclass(frozen=True)
class Runs:
    """A commit that an environment runs: in words what it is of, its repository, its id."""

    environment: str
    what: str
    git: Git
    tip: str

    @property
    def by(self) -> str:
        """As it is shown."""
        return f"{self.what} {self.tip[:12]}"


def running(site: Site, commit: str, looked: Looked) -> tuple[Runs, ...]:
    """Where ``commit`` (of any of the repositories, 4 digits or more) runs, and by what.

    What an environment runs contains every ancestor of its commits. Raises `UsageError` for
    what is no commit, or several; `PromoterError` where a repository cannot be asked, since
    the answer would be half of one.
    """
    if not _COMMIT.fullmatch(commit.lower()):
        raise UsageError(
            f"find commit {commit}: it is not 4 to 40 hex digits",
            next_step=f"git rev-parse {commit}" if commit.isidentifier() else "",
        )
    with TemporaryDirectory(prefix="trace-") as folder:
        repositories = Repositories(Path(folder))
        names = [name for each in site.deployments.values() for name in each.environments]
        everything = [
            runs for name in names for runs in _commits(Walk(site, name, looked, repositories))
        ]
        gits = {runs.git.dir: runs.git for runs in everything} | {site.git.dir: site.git}
        full = _meant(list(gits.values()), commit.lower())
        return tuple(
            runs
            for runs in everything
            if runs.git.commit(full) is not None and runs.git.is_ancestor(full, runs.tip)
        )


def _meant(repositories: list[Git], commit: str) -> str:
    """The one commit of ``repositories`` that ``commit`` is the beginning of."""
    objects = {
        object_id
        for git in repositories
        for object_id in git.lines("rev-parse", f"--disambiguate={commit}")
        if git.commit(object_id) == object_id
    }
    if len(objects) == 1:
        return objects.pop()
    if objects:
        shown = ", ".join(sorted(objects))
        raise UsageError(
            f"find commit {commit}: {len(objects)} begin like that: {shown}",
            next_step="name it with more digits",
        )
    raise UsageError(
        f"find commit {commit}: none of the repositories of the chain has it",
        next_step="git fetch, or look whether it is still on a branch of its repository",
    )


def _commits(walk: Walk) -> Iterator[Runs]:
    """Every commit that an environment runs; none before its first deployment."""
    recorded = walk.recorded
    if recorded is None:
        return
    name = walk.environment
    yield Runs(name, "deployments", walk.site.git, recorded.current.head_commit)
    ref, vendored = chart_ref(walk.site, recorded), walk.vendored(recorded)
    if ref and vendored:
        yield Runs(name, "chart", _cloned(walk, vendored.contents.git.url), ref)
    for pin in walk.pins(recorded):
        yield Runs(name, pin.app, _cloned(walk, pin.source), pin.commit_ref)


def _cloned(walk: Walk, url: str) -> Git:
    found = walk.repositories.get(url)
    if isinstance(found, str):
        raise PromoterError(
            f"find where a commit runs: {found}",
            next_step="the answer needs every repository of the chain: is it in reach?",
        )
    return found
