"""Find the environments that run a commit of any of the repositories."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.common.errors import PromoterError, UsageError
from promoter.git import Git
from promoter.site.site import Site
from promoter.site.status import chart_ref, recorded_pins
from promoter.trace.environment import EnvironmentTracer
from promoter.trace.sources import Clones, TraceSources, clones_below

_COMMIT = re.compile(r"[0-9a-f]{4,40}")


@dataclass(frozen=True)
class RunningCommit:
    """A commit that an environment runs, its repository, and its ``role`` there."""

    environment: str
    role: str
    git: Git
    commit: str

    @property
    def by(self) -> str:
        """The role and the short id."""
        return f"{self.role} {self.commit[:12]}"


def find_running(
    sites: Sequence[Site], commit: str, sources: TraceSources
) -> tuple[RunningCommit, ...]:
    """Return the running commits that are ``commit`` or contain it, in any of ``sites``.

    ``commit`` has at least 4 digits and is of any of the repositories. Raises `UsageError` if
    it is not the id of exactly one commit, `PromoterError` if a repository cannot be read: the
    result would be incomplete.
    """
    if not _COMMIT.fullmatch(commit.lower()):
        remedy = f"git rev-parse {commit}" if commit.isidentifier() else ""
        raise UsageError(f"find commit {commit}: it is not 4 to 40 hex digits", next_step=remedy)
    with TemporaryDirectory(prefix="trace-") as folder:
        clones = clones_below(Path(folder))
        tracers = [
            EnvironmentTracer(site, name, sources, clones)
            for site in sites
            for each in site.deployments.values()
            for name in each.environments
        ]
        running = [each for tracer in tracers for each in _running(tracer)]
        gits = {git.dir: git for git in [each.git for each in running] + [sites[0].git]}
        full = _resolve(gits.values(), commit.lower())
        known = (each for each in running if each.git.commit(full) is not None)
        return tuple(each for each in known if each.git.is_ancestor(full, each.commit))


def _resolve(repositories: Iterable[Git], commit: str) -> str:
    """Return the only commit of ``repositories`` whose id begins with ``commit``."""
    found = {
        object_id
        for git in repositories
        for object_id in git.lines("rev-parse", f"--disambiguate={commit}")
        if git.commit(object_id) == object_id
    }
    if len(found) == 1:
        return found.pop()
    reason = "none of the repositories of the chain has it"
    remedy = "git fetch, or check that it is still on a branch of its repository"
    if found:
        reason = f"{len(found)} commits begin with it: {', '.join(sorted(found))}"
        remedy = "use more digits"
    raise UsageError(f"find commit {commit}: {reason}", next_step=remedy)


def _running(tracer: EnvironmentTracer) -> Iterator[RunningCommit]:
    """Yield every commit that an environment runs; none before its first deployment."""
    recorded, name, site = tracer.recorded, tracer.environment, tracer.site
    if recorded is None:
        return
    yield RunningCommit(name, "deployments", site.git, recorded.current.head_commit)
    ref, vendored = chart_ref(site, recorded), tracer.vendored(recorded)
    if ref and vendored:
        charts = _clone(tracer.clones, vendored[1].git.url)
        yield RunningCommit(name, "chart", charts, ref)
    for pin in recorded_pins(site, recorded):
        source = _clone(tracer.clones, pin.source)
        # METADATA may have the commit's first digits only.
        yield RunningCommit(name, pin.app, source, source.commit(pin.commit_ref) or pin.commit_ref)


def _clone(clones: Clones, url: str) -> Git:
    found = clones(url)
    if isinstance(found, str):
        remedy = "check access to this repository: the result needs all of them"
        raise PromoterError(f"find where a commit runs: {found}", next_step=remedy)
    return found
