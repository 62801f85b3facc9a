"""A release: cut when the promote-rc pull request has been merged.

Order: checks, images that need no published file, draft with its files, the images that download
them, publish, version branch. Each step completes the present state, so an interrupted run is run
again; a part that differs is an error, never overwritten.
Tag, labels and notes name the candidate's commit, not the merge.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from promoter.common.errors import NothingNewer
from promoter.forge.forge import PublishedRelease, PullRequest
from promoter.programs.registry import Registry
from promoter.release import changelog
from promoter.release.application import Application
from promoter.release.build_inputs import BuildInputs
from promoter.release.builds import ImageBuilds, image_builds
from promoter.release.errors import ReleaseError
from promoter.release.images import Image, VersionBuild
from promoter.release.merged import merged_pull_request
from promoter.release.promotion import candidate_in
from promoter.release.release_images import ReleaseImage, ReleaseImages
from promoter.release.settings import (
    BuildArtifact,
    ImageRecipe,
    ReleaseSettings,
    read_settings,
    settings_at,
)
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
    with _publication(application, number, keep=False) as publication:
        made = publication.build()
        images = publication.publish_images(made)
    application, commit = publication.application, publication.tag.commit
    version = publication.tag.version.finalize_version()
    application.forge.publish_release(str(version))
    application.fetch()
    if application.is_newest(version, commit):
        for image in images:
            application.registry.tag(image.name, image.digest, LATEST)
    application.counter.raise_to(version)
    proofs = tuple(proof for each in made for proof in each.proofs)
    return VersionBuild(version, commit, images, proofs)


def draft(application: Application, number: int = 0) -> VersionBuild:
    """Create or complete the draft of that release, for builds that download its files.

    Files that are not given are left out, and those that it has already are kept. The result has
    no images. Raises as `release`.
    """
    with _publication(application, number, keep=True) as publication:
        publication.draft(publication.known_files())
    tag = publication.tag
    return VersionBuild(tag.version.finalize_version(), tag.commit, ())


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
    return read_images(application, tag)


def read_images(application: Application, tag: VersionTag) -> VersionBuild:
    """Return the images of ``tag`` in their registries; raises `ReleaseError` for a missing one."""
    settings = settings_at(application.git, tag.commit)
    registry = application.at(settings).registry
    images = tuple(_image(registry, recipe, tag) for recipe in settings.images)
    return VersionBuild(tag.version, tag.commit, images)


def checksums(files: dict[str, bytes]) -> bytes:
    """Return the content of ``checksums.txt``, as `sha256sum --check` reads it."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def _require_untagged_or_same(application: Application, tag: VersionTag) -> None:
    version = tag.version.finalize_version()
    for existing in application.tags(tag.commit):
        if existing.version == version and existing.commit != tag.commit:
            raise ReleaseError(
                f"release {version}: the tag is at {existing.commit[:12]}, the candidate"
                f" {tag.version} at {tag.commit[:12]}",
                next_step="promote a newer candidate; a release is never made twice",
            )


@contextmanager
def _publication(application: Application, number: int, *, keep: bool) -> Iterator["_Publication"]:
    """Yield the publication of the candidate in promote-rc pull request ``number``.

    Its inputs have the files that are published already; with ``keep`` they replace given ones.
    """
    application.fetch()
    pull = merged_pull_request(application, number)
    tag = candidate_in(application, pull)
    _require_untagged_or_same(application, tag)
    source = source_of_commit(application.git, tag.commit)
    settings = read_settings(source)
    application = application.at(settings)
    version = str(tag.version.finalize_version())
    inputs = _with_published(application, settings, version, keep=keep)
    git, registry = application.git, application.registry
    made_of = image_builds(git, source, settings, version, registry, inputs, released=True)
    with made_of as builds:
        yield _Publication(application, pull, tag, source, settings, version, builds)


def _with_published(
    application: Application, settings: ReleaseSettings, version: str, *, keep: bool
) -> BuildInputs:
    """Return the inputs with the files that an earlier run attached to the release."""
    inputs, existing = application.inputs, application.forge.release(version)
    if existing is None:
        return inputs
    names = [
        artifact.name
        for artifact in settings.artifacts
        if (keep or artifact.name not in inputs.artifacts)
        and (asset := existing.asset(artifact.name))
        and asset.complete
    ]
    found = {name: application.forge.asset(version, name) for name in names}
    return replace(inputs, artifacts={**inputs.artifacts, **found})


@dataclass(frozen=True)
class _Publication:
    """The release ``version`` of the candidate ``tag``, whose commit is ``source``."""

    application: Application
    pull: PullRequest
    tag: VersionTag
    source: SourceTree
    settings: ReleaseSettings
    version: str
    builds: ImageBuilds

    def build(self) -> list[ReleaseImage]:
        """Return every image, each checked; the draft exists before those that download from it."""
        recipes, images = self.settings.images, self._images
        self.builds.check(images.missing(recipes))
        files = self._files(self.settings.artifacts)
        later = [each for each in recipes if each.dockerfile.contains]
        with self.application.progress.task(f"build the images of {self.version}"):
            made = {each.name: images.image(each) for each in recipes if each not in later}
            self.draft(files)
            made |= {each.name: images.image(each) for each in later}
        return [made[recipe.name] for recipe in recipes]

    def publish_images(self, made: list[ReleaseImage]) -> tuple[Image, ...]:
        """Push and sign what `build` returned."""
        task = self.application.progress.task(f"push and sign the images of {self.version}")
        pairs = list(zip(self.settings.images, made, strict=True))
        with task, ThreadPoolExecutor(_WORKERS) as pool:
            return tuple(pool.map(lambda pair: self._publish(*pair), pairs))

    @property
    def _images(self) -> ReleaseImages:
        registry, candidate = self.application.registry, str(self.tag.version)
        return ReleaseImages(self.builds, registry, candidate, self.version)

    def known_files(self) -> dict[str, bytes]:
        """Return the release's files, without those that were not given."""
        artifacts, given = self.settings.artifacts, self.builds.inputs.artifacts
        return self._files([each for each in artifacts if each.name in given])

    def _files(self, artifacts: Sequence[BuildArtifact]) -> dict[str, bytes]:
        return {each.name: self.builds.artifact(each.name) for each in artifacts}

    def draft(self, files: dict[str, bytes]) -> None:
        """Create or complete the draft: its notes, ``files``, and once all are there, checksums."""
        version, commit, forge = self.version, self.tag.commit, self.application.forge
        if (draft := forge.release(version)) is None:
            draft = forge.draft_release(version, commit, f"v{version}", self._notes())
        if draft.commit != commit:
            raise ReleaseError(
                f"release {version}: it already exists for commit {draft.commit[:12]}",
                next_step="inspect it on the forge; delete it there if it is a mistaken draft",
            )
        if len(files) == len(self.settings.artifacts):
            files = {**files, CHECKSUMS: checksums(files)}
        for name, content in files.items():
            self._attach(draft, name, content)

    def _notes(self) -> str:
        git, previous = self.application.git, self.application.release_before(self.tag)
        text = (git.file(self.pull.head_commit, changelog.CHANGELOG) or b"").decode()
        since = previous.name if previous else ""
        return changelog.release_notes(git, self.settings.changelog, self.tag, since, text)

    def _attach(self, draft: PublishedRelease, name: str, content: bytes) -> None:
        asset = draft.asset(name)
        if asset is None or not asset.complete:
            if not draft.draft:
                raise ReleaseError(f"release {draft.tag}: it is published without {name}")
            self.application.forge.upload_asset(draft.tag, name, content)
        elif self.application.forge.asset(draft.tag, name) != content:
            commit = draft.commit[:12]
            raise ReleaseError(
                f"release {draft.tag}: its {name} is not the one of commit {commit}",
                next_step=f"omit --artifact {name} to continue with the release's own, or delete"
                " the draft",
            )

    def _publish(self, recipe: ImageRecipe, made: ReleaseImage) -> Image:
        registry, supply_chain = self.application.registry, self.application.supply_chain
        if made.content is not None:
            registry.push(made.name, made.content, [self.version])
        elif registry.digest(made.name, self.version) is None:
            registry.tag(made.name, made.digest, self.version)
        image = Image(made.name, registry.repository(made.name), made.digest)
        if supply_chain:
            bases = self.builds.materials(recipe)
            supply_chain.attest(image, self.source, self.version, self.settings.source, bases)
        return image


def _image(registry: Registry, recipe: ImageRecipe, tag: VersionTag) -> Image:
    if (digest := registry.digest(recipe.name, str(tag.version))) is None:
        raise ReleaseError(
            f"read release {tag.version}: image {recipe.name} is not in the registry",
            next_step="complete it: promoter release final",
        )
    return Image(recipe.name, registry.repository(recipe.name), digest)
