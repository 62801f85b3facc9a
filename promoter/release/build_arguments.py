"""The build arguments of a version's Dockerfiles, as release.yml declares them."""

from dataclasses import dataclass

from promoter.git import Git
from promoter.release.build_inputs import BuildInputs
from promoter.release.dockerfile import Dockerfile, parse_dockerfile
from promoter.release.errors import ReleaseError
from promoter.release.settings import (
    GITHUB_TOKEN,
    SETTINGS_FILE,
    DockerfileRecipe,
    ImageRecipe,
    read_settings,
)
from promoter.release.source import SourceTree, source_of_commit
from promoter.release.version import parse_version


@dataclass(frozen=True)
class BuildArguments:
    """The build arguments of the images of one version of ``source``."""

    source: SourceTree
    version: str
    inputs: BuildInputs
    released: bool

    def values(self) -> dict[str, str]:
        """Return the value of each placeholder that is no secret."""
        time = self.source.time.strftime("%Y-%m-%d-%H:%M:%S")
        return {"version": self.version, "commit": self.source.commit, "time": time}

    def parsed(self, recipe: DockerfileRecipe) -> Dockerfile:
        """Return the Dockerfile of this version."""
        text = self.source.file(recipe.file(released=self.released)).decode(errors="replace")
        return parse_dockerfile(text, {n: v for n, v in recipe.args.items() if v != GITHUB_TOKEN})

    def given(
        self, image: ImageRecipe, recipe: DockerfileRecipe
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return the build arguments and the secret ones; each that is required has a value."""
        file = recipe.file(released=self.released)
        if missing := self.parsed(recipe).args - recipe.args.keys():
            raise ReleaseError(
                f"build image {image.name}: ARG {sorted(missing)[0]} of {file} has no value",
                next_step=f"add it to the image's args in {SETTINGS_FILE}",
            )
        args, secrets = {}, {}
        for name, value in recipe.args.items():
            if value == GITHUB_TOKEN:
                if name in self.parsed(recipe).args:
                    secrets[name] = self._token(image.name, name)
            else:
                args[name] = value.format(**self.values())
        return args, secrets

    def _token(self, image: str, name: str) -> str:
        if token := self.inputs.token():
            return token
        raise ReleaseError(
            f"build image {image}: ARG {name} needs a token of the forge, and there is none",
            next_step="set GH_TOKEN, or GH_APP_ID and GH_APP_KEY",
        )


def build_arguments(git: Git, image: str, version: str, inputs: BuildInputs) -> dict[str, str]:
    """Return the build arguments, secret ones included, of ``image`` at HEAD for ``version``.

    Raises `ReleaseError` for an unknown image, and for an argument without a value.
    """
    source, released = source_of_commit(git, "HEAD"), not parse_version(version).prerelease
    recipes = {each.name: each for each in read_settings(source).images}
    recipe = recipes.get(image)
    if recipe is None:
        raise ReleaseError(
            f"read the build arguments of {image}: not in {SETTINGS_FILE}; known:"
            f" {', '.join(recipes)}"
        )
    args, secrets = BuildArguments(source, version, inputs, released).given(
        recipe, recipe.dockerfile
    )
    return {**args, **secrets}
