"""Images that a pipeline has built, handed over to a version of their application."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promoter.git import Git
from promoter.programs.oci import OciImage
from promoter.programs.oci_layout import image_config, read_archive, read_layout
from promoter.programs.registry import Registry
from promoter.release.errors import ReleaseError
from promoter.release.images import REVISION, SOURCE, VERSION
from promoter.release.settings import ImageRecipe
from promoter.release.source import SourceTree


@dataclass(frozen=True)
class HandedOver:
    """The images that a pipeline has built for ``version`` of ``source``.

    ``address`` is that of the source repository, and ``git`` a clone of it.
    """

    git: Git
    registry: Registry
    source: SourceTree
    address: str
    version: str

    def image(self, recipe: ImageRecipe, given: str, folder: Path) -> OciImage[Any]:
        """Return the image ``given``: a layout, an archive, or a digest in its registry.

        Raises `ReleaseError` where its labels name another commit, unless its files are the same,
        or another version.
        """
        image = self._read(recipe.name, given, folder)
        present = image_config(image).get("Labels") or {}
        built = str(present.get(REVISION, self.source.commit))
        # Labels of another source are those of its base image.
        ours = present.get(SOURCE) == self.address
        if ours and built != self.source.commit and not self._unchanged(recipe, built):
            raise self._of_another_commit(recipe, built)
        version = str(present.get(VERSION, self.version))
        if ours and recipe.rebuilt and version != self.version:
            raise ReleaseError(
                f"verify image {recipe.name}: its label {VERSION} is {version}, not {self.version}",
                next_step=f"build it for {self.version}, and hand that over",
            )
        return image

    def _read(self, name: str, given: str, folder: Path) -> OciImage[Any]:
        if given.startswith("sha256:"):
            self.registry.pull_layout(name, given, folder / "layout")
            return read_layout(folder / "layout")
        path = Path(given)
        return read_layout(path) if path.is_dir() else read_archive(path, folder)

    def _unchanged(self, recipe: ImageRecipe, commit: str) -> bool:
        """Return whether an image that carries no version would be the same in ``commit``."""
        if recipe.rebuilt or self.git.commit(commit) is None:
            return False
        changed = [Path(each) for each in self.git.changed_between(commit, self.source.commit)]
        return not any(path.is_relative_to(own) for path in changed for own in recipe.built_of)

    def _of_another_commit(self, recipe: ImageRecipe, built: str) -> ReleaseError:
        commit = self.source.commit[:12]
        changed = "" if recipe.rebuilt else f", with other files in {', '.join(recipe.built_of)}"
        return ReleaseError(
            f"verify image {recipe.name}: its label {REVISION} is {built[:12]}, and {self.version} "
            f"is of commit {commit}{changed}",
            next_step=f"build it from {commit}, and hand that over",
        )
