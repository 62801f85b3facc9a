"""The images of a release, each compared with its candidate's before anything is pushed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import image_config, read_layout
from promoter.programs.registry import Registry
from promoter.release.builds import ARTIFACT, ImageBuilds, require_artifact
from promoter.release.errors import ReleaseError
from promoter.release.images import REVISION, VERSION, differing
from promoter.release.settings import DockerfileRecipe, ImageRecipe

# What a container runtime reads; builders add notes of their own (OCI image-spec, config).
_COMPARED = ("User", "ExposedPorts", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "StopSignal")


@dataclass(frozen=True)
class ReleaseImage:
    """An image of a release; ``content`` is None where the registry has it already.

    ``proofs`` are the comparisons that were made, one line each.
    """

    name: str
    digest: str
    content: OciImage[Any] | None
    proofs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseImages:
    """Makes the images of the release ``version`` of the candidate ``candidate``."""

    builds: ImageBuilds
    registry: Registry
    candidate: str
    version: str

    def missing(self, recipes: Sequence[ImageRecipe]) -> list[ImageRecipe]:
        """Return the recipes whose image has to be built.

        Raises `RegistryError` where the candidate's image is missing.
        """
        for recipe in recipes:
            self.registry.required_digest(recipe.name, self.candidate)
        return [
            recipe
            for recipe in recipes
            if recipe.rebuilt and not self.registry.digest(recipe.name, self.version)
        ]

    def image(self, recipe: ImageRecipe) -> ReleaseImage:
        """Return the image of ``recipe``, checked against its candidate's and what is published.

        Raises `ReleaseError` naming what differs.
        """
        present = self.registry.digest(recipe.name, self.version)
        if not recipe.rebuilt:
            return self._candidates_own(recipe.name, present)
        candidate = self._layout(recipe.name, self.candidate)
        if present:
            final: OciImage[Any] = self._layout(recipe.name, self.version)
        else:
            final = self.builds.image(recipe)
        proofs = self._compare(recipe, candidate, final)
        return ReleaseImage(
            recipe.name, present or final.digest, None if present else final, proofs
        )

    def _candidates_own(self, name: str, present: str | None) -> ReleaseImage:
        digest = self.registry.required_digest(name, self.candidate)
        if present not in (None, digest):
            raise self._already(name, present, f"the candidate is {digest}")
        return ReleaseImage(name, digest, None, (f"{name}: the candidate's image, {digest}",))

    def _already(self, name: str, present: str | None, other: str) -> ReleaseError:
        return ReleaseError(
            f"release image {name} {self.version}: the registry has {present}, {other}",
            next_step="promote a newer candidate; a release is never made twice",
        )

    def _layout(self, name: str, tag: str) -> OciImage[Any]:
        folder = self.builds.folder / f"pulled-{name}-{tag}"
        self.registry.pull_layout(name, tag, folder)
        return read_layout(folder)

    def _compare(
        self,
        recipe: ImageRecipe,
        candidate: OciImage[Any],
        final: OciImage[Any],
    ) -> tuple[str, ...]:
        """Return the proofs; raise `ReleaseError` for the first that fails."""
        name, commit = recipe.name, self.builds.source.commit
        labels = {
            version: image_config(each).get("Labels") or {}
            for version, each in ((self.candidate, candidate), (self.version, final))
        }
        for version, each in labels.items():
            if each.get(REVISION) != commit:
                raise ReleaseError(
                    f"release image {name}: {version} is of commit {each.get(REVISION)},"
                    f" not of {commit}",
                    next_step="make a new candidate of the commit",
                )
            if each.get(VERSION) != version:
                raise ReleaseError(
                    f"release image {name}: {version} was built for {each.get(VERSION)}",
                    next_step="remove the tag from the registry, or find out who pushed it",
                )
        self._require_same_settings(name, recipe.dockerfile, candidate, final)
        proofs = [f"{name}: candidate and release are of commit {commit}"]
        for artifact, path in recipe.dockerfile.contains.items():
            asset = self.builds.digest(artifact)
            require_artifact(final, f"{name} {self.version}", path, asset, artifact)
            own = str(labels[self.candidate].get(f"{ARTIFACT}{artifact}"))
            require_artifact(candidate, f"{name} {self.candidate}", path, own, artifact)
            proofs.append(f"{name} {self.version}: {path} is the release's {artifact}, {asset}")
            proofs.append(f"{name} {self.candidate}: {path} is its own {artifact}, {own}")
        return tuple(proofs)

    def _require_same_settings(
        self,
        name: str,
        dockerfile: DockerfileRecipe,
        candidate: OciImage[Any],
        final: OciImage[Any],
    ) -> None:
        """Require the same user, entrypoint, ports and variables, but those of the version."""
        own = {each for each, value in dockerfile.args.items() if "{" in value}
        ours = _comparable(image_config(candidate), own)
        theirs = _comparable(image_config(final), own)
        if unexpected := sorted(differing(ours, theirs)):
            raise ReleaseError(
                f"release image {name} {self.version}: it differs from its candidate in"
                f" configuration {', '.join(unexpected)}",
                next_step=f"make {dockerfile.candidate} and {dockerfile.release} agree",
            )


def _comparable(config: Mapping[str, Any], own: set[str]) -> dict[str, Any]:
    env = [each for each in config.get("Env") or [] if each.partition("=")[0] not in own]
    return {**{name: config.get(name) for name in _COMPARED}, "Env": env}
