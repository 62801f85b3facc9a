"""A release: cut when the promote-rc pull request has been merged.

Order: checks, draft with its files, images, publish, version branch. Each step completes the
present state, so an interrupted run is run again; a part that differs is an error, never
overwritten.
Tag, labels and notes name the candidate's commit, not the merge.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from promoter.common.errors import NotCleared, NothingNewer
from promoter.forge.forge import PublishedRelease, PullRequest, PullRequestState, Query
from promoter.programs.oci import Layer, OciImage
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.errors import ReleaseError
from promoter.release.images import Image, VersionBuild, build, require_same_but_version
from promoter.release.merge_rules import file_check, report_file_check
from promoter.release.promotion import LABEL, candidate_in
from promoter.release.settings import ImageRecipe, ReleaseSettings, read_settings
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.version import VersionTag

LATEST = "latest"
CHECKSUMS = "checksums.txt"
_WORKERS = 4


def release(application: Application, number: int = 0) -> VersionBuild:
    """Release the candidate of promote-rc pull request ``number`` (default: the newest merged).

    Raises `NotCleared` while it is not merged, `NothingNewer` without one, `ReleaseError` where a
    part of the release exists and contradicts it.
    """
    application.fetch()
    pull = _merged_pull_request(application, number)
    tag = candidate_in(application, pull)
    _require_untagged_or_same(application, tag)
    source = source_of_commit(application.git, tag.commit)
    version = tag.version.finalize_version()
    publication = _Publication(application, tag, source, read_settings(source), str(version))
    built = publication.build_images()
    publication.draft(pull)
    images = publication.publish_images(built)
    application.forge.publish_release(str(version))
    application.fetch()
    if application.is_newest(version, tag.commit):
        for image in images:
            application.registry.tag(image.name, image.digest, LATEST)
    application.counter.raise_to(version)
    return VersionBuild(version, tag.commit, images)


def read_release(application: Application, version: str = "") -> VersionBuild:
    """Return the published release ``version`` (default: the newest) from forge and registry.

    Raises `NothingNewer` where nothing is released, `ReleaseError` for one that is not complete.
    """
    tip = application.fetch()
    tags = [tag for tag in application.tags(tip) if not tag.version.prerelease]
    matching = [tag for tag in tags if version in ("", str(tag.version))]
    if not matching:
        raise NothingNewer(f"read release {version or 'of ' + application.remote}: no such release")
    tag = matching[-1]
    existing = application.forge.release(str(tag.version))
    if existing is None or existing.draft:
        raise ReleaseError(
            f"read release {tag.version}: it is not published",
            next_step="complete it: promoter release final",
        )
    settings = read_settings(source_of_commit(application.git, tag.commit))
    images = tuple(_image(application, recipe, str(tag.version)) for recipe in settings.images)
    return VersionBuild(tag.version, tag.commit, images)


def checksums(files: dict[str, bytes]) -> bytes:
    """Return the content of ``checksums.txt``, as `sha256sum --check` reads it."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def _merged_pull_request(application: Application, number: int) -> PullRequest:
    if number:
        pulls = [application.forge.pull_request(number)]
    else:
        found = application.forge.pull_requests(Query(state=None, labels=frozenset({LABEL})))
        pulls = [pull for pull in found if pull.state is not PullRequestState.CLOSED]
    if not pulls:
        raise NothingNewer(
            "release: no promote-rc pull request is open or merged",
            next_step="promoter release promote opens one",
        )
    merged = [pull for pull in pulls if pull.state is PullRequestState.MERGED]
    if not merged:
        raise NotCleared(
            f"release pull request {pulls[0].number}: it is {pulls[0].state}, not merged",
            next_step=f"review and merge it: {pulls[0].url}",
        )
    _require_promote_rc(application, merged[0])
    return merged[0]


def _require_promote_rc(application: Application, pull: PullRequest) -> None:
    if LABEL not in pull.labels:
        raise ReleaseError(f"release pull request {pull.number}: it has no label {LABEL}")
    result = file_check(application.forge.changed_files(pull.number))
    if not result.passes:
        report_file_check(application.forge, pull)
        raise ReleaseError(
            f"release pull request {pull.number}: {result}",
            next_step="revert its other changes, then promote the candidate again",
        )


def _require_untagged_or_same(application: Application, tag: VersionTag) -> None:
    version = tag.version.finalize_version()
    for existing in application.tags(tag.commit):
        if existing.version == version and existing.commit != tag.commit:
            raise ReleaseError(
                f"release {version}: the tag is at {existing.commit[:12]}, the candidate"
                f" {tag.version} at {tag.commit[:12]}",
                next_step="promote a newer candidate; a release is never made twice",
            )


class _Built(NamedTuple):
    """An image of the release; ``present`` if the registry has it already."""

    name: str
    image: OciImage[Layer]
    present: bool


@dataclass(frozen=True)
class _Publication:
    """The release ``version`` of the candidate ``tag``, whose commit is ``source``."""

    application: Application
    tag: VersionTag
    source: SourceTree
    settings: ReleaseSettings
    version: str

    def draft(self, pull: PullRequest) -> None:
        """Create or complete the draft with its notes and files."""
        version, commit, forge = self.version, self.tag.commit, self.application.forge
        if (draft := forge.release(version)) is None:
            text = self.application.git.file(pull.head_commit, changelog.CHANGELOG) or b""
            notes = changelog.notes(text.decode(), version)
            draft = forge.draft_release(version, commit, f"v{version}", notes)
        if draft.commit != commit:
            raise ReleaseError(
                f"release {version}: it already exists for commit {draft.commit[:12]}",
                next_step="inspect it on the forge; delete it there if it is a mistaken draft",
            )
        files = {each.name: self.source.file(each.source) for each in self.settings.artifacts}
        for name, content in {**files, CHECKSUMS: checksums(files)}.items():
            self._attach(draft, name, content)

    def build_images(self) -> list[_Built]:
        """Return every image, each checked against its candidate and what is published."""
        with self.application.progress.task(f"build the images of {self.version}"):
            return [_Built(recipe.name, *self._build(recipe)) for recipe in self.settings.images]

    def publish_images(self, built: Sequence[_Built]) -> tuple[Image, ...]:
        """Push and sign what `build_images` returned."""
        task = self.application.progress.task(f"push and sign the images of {self.version}")
        with task, ThreadPoolExecutor(_WORKERS) as pool:
            return tuple(pool.map(lambda each: self._publish(*each), built))

    def _attach(self, draft: PublishedRelease, name: str, content: bytes) -> None:
        asset = draft.asset(name)
        if asset is None or not asset.complete:
            if not draft.draft:
                raise ReleaseError(f"release {draft.tag}: it is published without {name}")
            self.application.forge.upload_asset(draft.tag, name, content)
        elif self.application.forge.asset(draft.tag, name) != content:
            commit = draft.commit[:12]
            raise ReleaseError(f"release {draft.tag}: its {name} is not the one of commit {commit}")

    def _build(self, recipe: ImageRecipe) -> tuple[OciImage[Layer], bool]:
        """Return the final image, checked, and whether the registry has it already."""
        registry, version = self.application.registry, self.version
        final = build(self.source, recipe, version, self.settings.source)
        candidate = registry.pull(recipe.name, str(self.tag.version))
        require_same_but_version(candidate, final, recipe, version)
        present = registry.digest(recipe.name, version)
        if present not in (None, final.digest):
            raise ReleaseError(
                f"release image {recipe.name} {version}: the registry has {present},"
                f" this commit gives {final.digest}",
                next_step="promote a newer candidate; a release is never made twice",
            )
        return final, present is not None

    def _publish(self, name: str, final: OciImage[Layer], present: bool) -> Image:
        registry, supply_chain = self.application.registry, self.application.supply_chain
        if not present:
            registry.push(name, final, [self.version])
        image = Image(name, registry.repository(name), final.digest)
        if supply_chain:
            supply_chain.attest(image, self.source, self.version, self.settings.source)
        return image


def _image(application: Application, recipe: ImageRecipe, version: str) -> Image:
    if (digest := application.registry.digest(recipe.name, version)) is None:
        raise ReleaseError(
            f"read release {version}: image {recipe.name} is not in the registry",
            next_step="complete it: promoter release final",
        )
    return Image(recipe.name, application.registry.repository(recipe.name), digest)
