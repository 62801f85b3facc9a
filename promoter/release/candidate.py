"""A release candidate: the next version claimed by a tag, and its images.

The tag comes first and by compare-and-swap: of two releasers at once one gets the number,
so no version ever has two contents. Whatever stops it, running it again for the same
commit finds the tag and completes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import semver

from promoter.common.errors import NothingNewer
from promoter.git import retry_when_moved
from promoter.release.application import Application
from promoter.release.errors import ReleaseError
from promoter.release.file_check import file_check
from promoter.release.history import VersionTag
from promoter.release.images import Image, build_and_push_all
from promoter.release.settings import breaking_rule
from promoter.release.source import source_of_commit
from promoter.release.version import NextVersion, candidate_number, next_version

EDGE = "edge"


@dataclass(frozen=True)
class Candidate:
    """A candidate: its version (``0.42.0-rc.1``), commit and images."""

    version: semver.Version
    commit: str
    images: tuple[Image, ...]


def candidate(application: Application, revision: str = "") -> Candidate:
    """Make ``revision`` (default: the branch's tip on the remote) a candidate.

    Raises `NothingNewer` where no commit since the last release asks for one, or nothing
    but changelog and documentation has changed since the last candidate for the same release.
    """
    commit = _commit(application, revision)
    version = retry_when_moved(lambda: _claimed(application, commit))
    tags = [EDGE] if application.is_newest(version, commit) else []
    source = source_of_commit(application.git, commit)
    with application.progress.task(f"images of {version}"):
        images = build_and_push_all(source, str(version), application.registry, tags)
    application.counter.raise_to(version)
    return Candidate(version, commit, images)


def candidate_of(application: Application, commit: str) -> VersionTag | None:
    """The newest candidate tag at ``commit``."""
    there = [
        tag
        for tag in application.tags(commit)
        if tag.commit == commit and candidate_number(tag.version) is not None
    ]
    return there[-1] if there else None


def _commit(application: Application, revision: str) -> str:
    tip = application.fetch()
    commit = application.git.commit(revision) if revision else tip
    if commit is None:
        raise ReleaseError(f"read {revision}: no such commit in {application.git.dir}")
    if not application.git.is_ancestor(commit, tip):
        raise ReleaseError(
            f"make {commit[:12]} a candidate: it is not on {application.branch}",
            next_step=f"merge it to {application.branch} first",
        )
    return commit


def _require_something_built(application: Application, commit: str, found: NextVersion) -> None:
    """A merged promotion is on the branch, but no reason for another candidate."""
    git = application.git
    for tag in application.tags(commit):
        same_base = tag.version.finalize_version() == found.final
        if not same_base or not git.is_ancestor(tag.commit, commit):
            continue
        changed = git.text("diff", "--name-only", "--no-renames", "-z", tag.commit, commit)
        names = [name for name in changed.split("\0") if name]
        if names and file_check(names).passes:
            raise NothingNewer(
                f"make {commit[:12]} a candidate: since {tag.name} only changelog and"
                " documentation have changed",
                next_step=f"promote {tag.name}, or release it once that is merged",
            )


def _claimed(application: Application, commit: str) -> semver.Version:
    """The version whose tag is at ``commit``, made if there is none."""
    there = candidate_of(application, commit)
    if there:
        return there.version
    rule = breaking_rule(application.git, commit)
    found = next_version(application.git, commit, application.settings(commit), rule)
    _require_something_built(application, commit, found)
    ref = f"refs/tags/{application.tag_name(found.candidate, commit)}"
    try:
        application.git.push(application.remote, commit, ref, expect=None)
    finally:
        application.fetch()  # the tag, ours or that of whoever took the number before
    return found.candidate
