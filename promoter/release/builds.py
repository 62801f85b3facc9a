"""The images of a version: built from Dockerfiles, or handed over by a pipeline.

`ImageBuilds.check` reads everything that a build needs before anything is built or pushed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.git import Git
from promoter.git.objects import SourceFile
from promoter.programs.builders import Builder, DockerfileBuild, find_builder
from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import file_digest, image_config, labeled
from promoter.programs.registry import ImageLookup, Registry
from promoter.release.build_arguments import BuildArguments
from promoter.release.build_inputs import BuildInputs
from promoter.release.dockerfile import canonical_name
from promoter.release.env_file import set_variable
from promoter.release.errors import ReleaseError
from promoter.release.handed_over import HandedOver
from promoter.release.images import CREATED, VERSION, image_labels
from promoter.release.settings import (
    SETTINGS_FILE,
    DockerfileRecipe,
    ImageRecipe,
    ReleaseSettings,
)
from promoter.release.source import SourceTree

ARTIFACT = "io.galoy.artifact."
"""Labels of an image with the digests of the artifacts that are in it, by their names."""


@dataclass(frozen=True)
class ImageBuilds:
    """The images of one version of ``source``, in a scratch ``folder``."""

    git: Git
    source: SourceTree
    settings: ReleaseSettings
    version: str
    registry: Registry
    inputs: BuildInputs
    folder: Path
    released: bool

    def check(self, images: Sequence[ImageRecipe]) -> None:
        """Raise `ReleaseError` for anything that ``images`` need and that is missing or unknown."""
        self._check_names()
        lookup = ImageLookup(self.registry.crane, self.inputs.mirrors)
        for recipe in images:
            for name in recipe.dockerfile.contains:
                self.artifact(name)
            if recipe.name not in self.inputs.images:
                for name, reference in self.bases(recipe).items():
                    self._check_base(lookup, recipe, name, reference)
                self._arguments.given(recipe, recipe.dockerfile)
                _ = self._builder

    def image(self, recipe: ImageRecipe) -> OciImage[Any]:
        """Return the labeled image of ``recipe``; each artifact in it is the given one."""
        folder = self.folder / f"image-{recipe.name}"
        folder.mkdir()
        if given := self.inputs.images.get(recipe.name):
            made = self._handed_over.image(recipe, given, folder)
        else:
            wanted = self._build(recipe)
            made = self._builder.build(wanted, folder)
            require_no_secret(made, wanted)
        for name, path in recipe.dockerfile.contains.items():
            require_artifact(made, recipe.name, path, self.digest(name), name)
        labels = self._labels(recipe, image_config(made).get("Labels") or {})
        return labeled(made, labels) if labels else made

    def _labels(self, recipe: ImageRecipe, present: Mapping[str, str]) -> Mapping[str, str]:
        """Return the labels that an image with ``present`` gets: version, commit and artifacts.

        One that is not rebuilt for a release and names its commit already keeps its digest.
        """
        labels = image_labels(self.source, recipe.name, self.version, self.settings.source)
        named = all(present.get(n) == labels[n] for n in labels.keys() - {CREATED, VERSION})
        artifacts = {f"{ARTIFACT}{name}": self.digest(name) for name in recipe.dockerfile.contains}
        return artifacts if named and not recipe.rebuilt else {**labels, **artifacts}

    def artifact(self, name: str) -> bytes:
        """Return the content of the artifact ``name``, which has to be given."""
        if (given := self.inputs.artifacts.get(name)) is None:
            raise ReleaseError(
                f"read artifact {name} of {self.version}: none was given",
                next_step=f"build it for {self.version}, then --artifact {name}=<file>",
            )
        return given

    def bases(self, recipe: ImageRecipe) -> dict[str, str]:
        """Return the base images of ``recipe`` by digest, as its Dockerfile names them."""
        file = recipe.dockerfile.file(released=self.released)
        found = self._known_bases(recipe.dockerfile)
        for name, reference in found.items():
            if reference is None:
                raise ReleaseError(
                    f"build image {recipe.name}: base image {name} of {file} has no digest",
                    next_step=f"add it below bases in {SETTINGS_FILE}: promoter release init",
                )
        return {name: reference for name, reference in found.items() if reference}

    def materials(self, recipe: ImageRecipe) -> dict[str, str]:
        """Return the pinned base images that ``recipe`` was built from.

        There are none for an image that was handed over: what it was built from is not known.
        """
        if recipe.name in self.inputs.images:
            return {}
        known = self._known_bases(recipe.dockerfile)
        return {name: reference for name, reference in known.items() if reference}

    def _known_bases(self, recipe: DockerfileRecipe) -> dict[str, str | None]:
        """Return the reference by digest of each base image, None where it has no digest."""
        names = self._arguments.parsed(recipe).bases
        digests = {n: n.partition("@")[2] or self.settings.bases.get(n) for n in names}
        return {n: f"{canonical_name(n)}@{d}" if d else None for n, d in digests.items()}

    def _check_names(self) -> None:
        images = {each.name for each in self.settings.images}
        artifacts = {each.name for each in self.settings.artifacts}
        for option, given, known in (
            ("--image", self.inputs.images, images),
            ("--artifact", self.inputs.artifacts, artifacts),
        ):
            if unknown := sorted(given.keys() - known):
                raise ReleaseError(
                    f"read {option} {unknown[0]}: not in {SETTINGS_FILE}; known:"
                    f" {', '.join(sorted(known)) or 'none'}"
                )

    def _check_base(
        self, lookup: ImageLookup, recipe: ImageRecipe, name: str, reference: str
    ) -> None:
        registry, repository, digest = lookup.locate(reference)
        if (found := registry.platform_of(repository, digest)) != "linux/amd64":
            raise ReleaseError(
                f"build image {recipe.name}: base image {name} ({digest[:19]}) "
                + (f"is for {found}, not for linux/amd64" if found else "is not in its registry"),
                next_step=f"correct its digest below bases in {SETTINGS_FILE}",
            )

    @cached_property
    def _builder(self) -> Builder:
        return find_builder(self.inputs.builder, self.inputs.mirrors)

    @property
    def _arguments(self) -> BuildArguments:
        return BuildArguments(self.source, self.version, self.inputs, self.released)

    def _build(self, image: ImageRecipe) -> DockerfileBuild:
        recipe = image.dockerfile
        args, secrets = self._arguments.given(image, recipe)
        context = self.folder / f"context-{image.name}"
        root = context.resolve()
        self._write_context(recipe, root)
        return DockerfileBuild(
            image.name,
            root / recipe.file(released=self.released),
            root / recipe.context,
            int(self.source.time.timestamp()),
            args,
            secrets,
            self.bases(image),
        )

    def _write_context(self, recipe: DockerfileRecipe, folder: Path) -> None:
        """Write the commit's files with the artifacts and the variables of .env files."""
        files = dict(self.source.files)
        for artifact in self.settings.artifacts:
            if artifact.context:
                files[artifact.context] = SourceFile(self.artifact(artifact.name), executable=True)
        for path, variables in recipe.env_files.items():
            content = files[path].content if path in files else b""
            for name, value in variables.items():
                content = set_variable(content, name, value.format(**self._arguments.values()))
            files[path] = SourceFile(content)
        for path, file in files.items():
            _write(folder, path, file)

    @property
    def _handed_over(self) -> HandedOver:
        return HandedOver(self.git, self.registry, self.source, self.settings.source, self.version)

    def digest(self, name: str) -> str:
        """Return the ``sha256:...`` of the artifact ``name``."""
        return f"sha256:{hashlib.sha256(self.artifact(name)).hexdigest()}"


@contextmanager
def image_builds(
    git: Git,
    source: SourceTree,
    settings: ReleaseSettings,
    version: str,
    registry: Registry,
    inputs: BuildInputs,
    *,
    released: bool,
) -> Iterator[ImageBuilds]:
    """Yield the builds of ``version``; their files exist while the block runs."""
    with TemporaryDirectory(prefix="promoter-images-", ignore_cleanup_errors=True) as folder:
        yield ImageBuilds(git, source, settings, version, registry, inputs, Path(folder), released)


def require_no_secret(image: OciImage[Any], build: DockerfileBuild) -> None:
    """Raise `ReleaseError` if the configuration of ``image`` has a secret of its ``build``.

    Builders write the arguments of a stage's commands into its history, and ENV may have them.
    """
    text = image.config.content.decode(errors="replace")
    for name, value in build.secrets.items():
        if value in text:
            raise ReleaseError(
                f"build image {build.name}: the value of {name} is in its configuration",
                next_step=f"use {name} in a stage of its own, and copy the result from there",
            )


def require_artifact(
    image: OciImage[Any], name: str, path: str, digest: str, artifact: str
) -> None:
    """Raise `ReleaseError` unless the file ``path`` of ``image`` has ``digest``."""
    found = file_digest(image.layers, path)
    if found != digest:
        raise ReleaseError(
            f"verify image {name}: its {path} is {found or 'missing'}, artifact {artifact} is"
            f" {digest}",
            next_step=f"build the image again with this {artifact}",
        )


def _write(folder: Path, path: str, content: SourceFile) -> None:
    file = folder / path
    if not file.parent.resolve().is_relative_to(folder):
        raise ReleaseError(f"write {path} of the build context: a link leads out of it")
    file.parent.mkdir(parents=True, exist_ok=True)
    if content.symlink:
        file.symlink_to(content.content.decode(errors="surrogateescape"))
        return
    file.write_bytes(content.content)
    if content.executable:
        file.chmod(0o755)
