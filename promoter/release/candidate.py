"""A release candidate: its images, and the next version, claimed for them by a tag.

The images are uploaded first, named by their digests alone, so what they cannot be built from
or pushed to is known before a version is announced. The tag of git is created by
compare-and-swap, and only its owner names images by that version: none has two contents.
Running an interrupted one again for the same commit finds the tag and completes the rest.
"""

import itertools

import semver

from promoter.common.errors import NothingNewer
from promoter.git.ledger import retry_when_moved
from promoter.programs.registry import Registry
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.builds import image_builds
from promoter.release.cog import read_cog
from promoter.release.errors import ReleaseError
from promoter.release.images import REVISION, Image, VersionBuild
from promoter.release.merge_rules import range_file_check
from promoter.release.settings import ImageRecipe, breaking_rule, read_settings, settings_at
from promoter.release.source import source_of_commit
from promoter.release.version import NextVersion, VersionTag, candidate_at, next_version

EDGE = "edge"


def create_candidate(application: Application, revision: str = "") -> VersionBuild:
    """Make ``revision`` (default: the branch's tip on the remote) a candidate.

    Raises `NothingNewer` where no commit since the last release requires one, or only
    changelog and documentation have changed since the last candidate for the same release.
    """
    commit = _commit(application, revision)
    application = application.at(settings_at(application.git, commit))
    made = retry_when_moved(lambda: _claim(application, commit))
    tags = [str(made.version)]
    tags += [EDGE] if application.is_newest(made.version, commit) else []
    for image, tag in itertools.product(made.images, tags):
        application.registry.tag(image.name, image.digest, tag)
    application.counter.raise_to(made.version)
    return made


def candidate_of(application: Application, commit: str) -> VersionTag | None:
    """Return the newest candidate tag at ``commit``."""
    return candidate_at(application.tags(commit), commit)


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


def _claim(application: Application, commit: str) -> VersionBuild:
    """Return the candidate of ``commit``, its images uploaded; the tag is pushed if missing."""
    if existing := candidate_of(application, commit):
        return _uploaded(application, commit, existing.version)
    settings = read_cog(application.git, commit)
    rule = breaking_rule(application.git, commit)
    following = next_version(application.git, commit, settings, rule)
    _require_built_changes(application, commit, following)
    made = _uploaded(application, commit, following.candidate)
    ref = f"refs/tags/{settings.tag_prefix}{made.version}"
    try:
        application.git.push(application.remote, commit, ref, expect=None)
    finally:
        application.fetch()  # the tag: ours, or that of a process that took the number before
    return made


def _uploaded(application: Application, commit: str, version: semver.Version) -> VersionBuild:
    """Return the candidate with its images in their registries, not yet named by the version.

    An image that has that name already is kept: a second build need not have the same digest.
    """
    source, registry = source_of_commit(application.git, commit), application.registry
    settings, inputs = read_settings(source), application.inputs
    named = {each.name: _named(registry, each, commit, version) for each in settings.images}
    missing = [each for each in settings.images if not named[each.name]]
    git = application.git
    builds = image_builds(git, source, settings, str(version), registry, inputs, released=False)
    with application.progress.task(f"images of {version}"), builds as images:
        images.check(missing)
        changelog.require_config(git, commit, settings.changelog)
        built = {each.name: images.image(each) for each in missing}
        for name, image in built.items():
            registry.push(name, image)
    digests = {**named, **{name: image.digest for name, image in built.items()}}
    return VersionBuild(
        version,
        commit,
        tuple(Image(name, registry.repository(name), str(digests[name])) for name in digests),
    )


def _named(
    registry: Registry, recipe: ImageRecipe, commit: str, version: semver.Version
) -> str | None:
    """Return the digest of the image that is named ``version``; it must be of ``commit``."""
    if (found := registry.digest(recipe.name, str(version))) is None:
        return None
    labels = registry.config(recipe.name, found).get("config", {}).get("Labels") or {}
    if labels.get(REVISION) != commit:
        raise ReleaseError(
            f"make {commit[:12]} candidate {version}: {registry.reference(recipe.name, found)}"
            f" has that name and is of commit {labels.get(REVISION)}",
            next_step="remove the tag from the registry, or find out who pushed it",
        )
    return found


def _require_built_changes(application: Application, commit: str, following: NextVersion) -> None:
    """Raise `NothingNewer` if a merged promotion is all that came after a candidate."""
    git = application.git
    for tag in application.tags(commit):
        same_base = tag.version.finalize_version() == following.final
        if not same_base or not git.is_ancestor(tag.commit, commit):
            continue
        differs = git.tree(tag.commit) != git.tree(commit)
        if differs and range_file_check(git, f"{tag.commit}..{commit}").passes:
            raise NothingNewer(
                f"make {commit[:12]} a candidate: since {tag.name} only changelog and"
                " documentation have changed",
                next_step=f"promote {tag.name}, or release it once that is merged",
            )
