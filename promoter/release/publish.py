"""A release: cut when the promote-rc pull request has been merged.

Order: draft release with its files, images, publish, version branch. Each step looks at
what is there and does what is missing, so a run that was interrupted anywhere is completed
by running it again; what is there and different is an error, never overwritten. Tag,
labels and notes name the candidate's commit, not the merge.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import semver

from promoter.common.errors import NotCleared, NothingNewer
from promoter.forge.forge import (
    PublishedRelease,
    PullRequest,
    PullRequestState,
    Query,
    ReleaseDraft,
)
from promoter.programs.oci import Layer, OciImage
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.difference import require_same_but_version
from promoter.release.errors import ReleaseError
from promoter.release.file_check import checked, file_check
from promoter.release.history import VersionTag
from promoter.release.images import Image, build
from promoter.release.promote import LABEL, candidate_in
from promoter.release.settings import ImageRecipe, ReleaseSettings, read_settings
from promoter.release.source import SourceTree, source_of_commit

LATEST = "latest"
CHECKSUMS = "checksums.txt"
_AT_ONCE = 4


@dataclass(frozen=True)
class Released:
    """A published release: its version, the candidate's commit (40 hex digits), its images."""

    version: semver.Version
    commit: str
    images: tuple[Image, ...]


def release(application: Application, number: int = 0) -> Released:
    """Release what promote-rc pull request ``number`` (default: the newest merged) promotes.

    Raises `NotCleared` while it is not merged, `NothingNewer` where there is none,
    `ReleaseError` where something there contradicts it.
    """
    application.fetch()
    pull = _merged(application, number)
    tag = candidate_in(application, pull)
    version = tag.version.finalize_version()
    _require_untagged_or_same(application, tag, version)
    source = source_of_commit(application.git, tag.commit)
    settings = read_settings(source)
    _draft(application, pull, tag, source, settings)
    images = _images(application, tag, source, settings)
    application.forge.publish_release(str(version))
    application.fetch()
    if application.is_newest(version, tag.commit):
        for image in images:
            application.registry.tag(image.name, image.digest, LATEST)
    application.counter.raise_to(version)
    return Released(version, tag.commit, images)


def released(application: Application, version: str = "") -> Released:
    """The published release ``version`` (default: the newest), read back from forge and registry.

    Raises `NothingNewer` where nothing is released, `ReleaseError` for one that is not complete.
    """
    tip = application.fetch()
    tags = [tag for tag in application.tags(tip) if not tag.version.prerelease]
    chosen = [tag for tag in tags if version in ("", str(tag.version))]
    if not chosen:
        raise NothingNewer(f"read release {version or 'of ' + application.remote}: there is none")
    tag = chosen[-1]
    there = application.forge.release(str(tag.version))
    if there is None or there.draft:
        raise ReleaseError(
            f"read release {tag.version}: it is not published",
            next_step="complete it: promoter release final",
        )
    settings = read_settings(source_of_commit(application.git, tag.commit))
    images = tuple(_there(application, recipe, str(tag.version)) for recipe in settings.images)
    return Released(tag.version, tag.commit, images)


def checksums(files: dict[str, bytes]) -> bytes:
    """``checksums.txt`` as `sha256sum --check` reads it."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def _merged(application: Application, number: int) -> PullRequest:
    forge = application.forge
    if number:
        pull = forge.pull_request(number)
    else:
        found = forge.pull_requests(Query(state=None, labels=frozenset({LABEL})))
        relevant = [one for one in found if one.state is not PullRequestState.CLOSED]
        if not relevant:
            raise NothingNewer(
                "release: there is no promote-rc pull request",
                next_step="promoter release promote opens one",
            )
        merged = [one for one in relevant if one.state is PullRequestState.MERGED]
        pull = merged[0] if merged else relevant[0]
    if pull.state is not PullRequestState.MERGED:
        raise NotCleared(
            f"release pull request {pull.number}: it is {pull.state}, not merged",
            next_step=f"review and merge it: {pull.url}",
        )
    _require_promote_rc(application, pull)
    return pull


def _require_promote_rc(application: Application, pull: PullRequest) -> None:
    if LABEL not in pull.labels:
        raise ReleaseError(f"release pull request {pull.number}: it has no label {LABEL}")
    found = file_check(application.forge.changed_files(pull.number))
    if not found.passes:
        checked(application.forge, pull)
        raise ReleaseError(
            f"release pull request {pull.number}: {found}",
            next_step="revert what it brought in besides, then promote the candidate again",
        )


def _require_untagged_or_same(
    application: Application, tag: VersionTag, version: semver.Version
) -> None:
    for one in application.tags(tag.commit):
        if one.version == version and one.commit != tag.commit:
            raise ReleaseError(
                f"release {version}: the tag is at {one.commit[:12]}, the candidate"
                f" {tag.version} at {tag.commit[:12]}",
                next_step="promote a newer candidate; a release is never made twice",
            )


def _draft(
    application: Application,
    pull: PullRequest,
    tag: VersionTag,
    source: SourceTree,
    settings: ReleaseSettings,
) -> None:
    """The draft with its notes and files, made or completed."""
    version = str(tag.version.finalize_version())
    forge = application.forge
    there = forge.release(version)
    if there is None:
        said = application.git.file(pull.head_commit, changelog.CHANGELOG) or b""
        notes = changelog.notes(said.decode(), version)
        there = forge.draft_release(ReleaseDraft(version, tag.commit, f"v{version}", notes))
    if there.commit != tag.commit:
        raise ReleaseError(
            f"release {version}: there is one of commit {there.commit[:12]}",
            next_step="look at it on the forge; delete it there if it is a mistaken draft",
        )
    files = {one.name: source.file(one.source) for one in settings.artifacts}
    for name, content in {**files, CHECKSUMS: checksums(files)}.items():
        _attach(application, there, name, content)


def _attach(application: Application, there: PublishedRelease, name: str, content: bytes) -> None:
    asset = there.asset(name)
    if asset is None or not asset.complete:
        if not there.draft:
            raise ReleaseError(f"release {there.tag}: it is published without {name}")
        application.forge.upload_asset(there.tag, name, content)
    elif application.forge.asset(there.tag, name) != content:
        raise ReleaseError(
            f"release {there.tag}: its {name} is not the one of commit {there.commit[:12]}"
        )


def _images(
    application: Application, tag: VersionTag, source: SourceTree, settings: ReleaseSettings
) -> tuple[Image, ...]:
    """Every final image, checked against its candidate before any of them is pushed."""
    version = str(tag.version.finalize_version())
    names = [recipe.name for recipe in settings.images]
    built = [_built(application, tag, source, settings, recipe) for recipe in settings.images]

    def published(name: str, found: tuple[OciImage[Layer], bool]) -> Image:
        final, there = found
        if not there:
            application.registry.push(name, final, [version])
        image = Image(name, application.registry.repository(name), final.digest)
        if application.supply_chain:
            application.supply_chain.attest(image, source, version, settings.source)
        return image

    with (
        application.progress.task(f"push and sign the images of {version}"),
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        return tuple(pool.map(published, names, built))


def _built(
    application: Application,
    tag: VersionTag,
    source: SourceTree,
    settings: ReleaseSettings,
    recipe: ImageRecipe,
) -> tuple[OciImage[Layer], bool]:
    """A final image, and whether the registry has it.

    Raises `ReleaseError` where candidate or registry have another content.
    """
    version = str(tag.version.finalize_version())
    final = build(source, recipe, version, settings.source)
    candidate = application.registry.pull(recipe.name, str(tag.version))
    require_same_but_version(candidate, final, recipe, version)
    there = application.registry.digest(recipe.name, version)
    if there not in (None, final.digest):
        raise ReleaseError(
            f"release image {recipe.name} {version}: the registry has {there},"
            f" this commit gives {final.digest}",
            next_step="promote a newer candidate; a release is never made twice",
        )
    return final, there is not None


def _there(application: Application, recipe: ImageRecipe, version: str) -> Image:
    digest = application.registry.digest(recipe.name, version)
    if digest is None:
        raise ReleaseError(
            f"read release {version}: image {recipe.name} is not in the registry",
            next_step="complete it: promoter release final",
        )
    return Image(recipe.name, application.registry.repository(recipe.name), digest)
