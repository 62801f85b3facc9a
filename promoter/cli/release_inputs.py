"""The options of commands that build images: artifacts, built images, the builder."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.common.errors import UsageError
from promoter.forge.remote import token_of
from promoter.git import Git
from promoter.programs.builders import BUILDERS
from promoter.programs.registry import configured_mirrors
from promoter.release.build_inputs import BuildInputs

IMAGES = Annotated[
    list[str] | None,
    typer.Option(
        "--image",
        metavar="NAME=IMAGE",
        help="An image that is already built: an OCI layout, an archive of docker save, or the "
        "digest of one in its registry.",
    ),
]
ARTIFACTS = Annotated[
    list[str] | None,
    typer.Option(
        "--artifact", metavar="NAME=FILE", help="A file of the release, built for its version."
    ),
]
BUILDER = Annotated[
    str,
    typer.Option(
        envvar="PROMOTER_BUILDER",
        help=f"Builds Dockerfiles: {', '.join(BUILDERS)}.",
        show_default="the first that is on PATH",
    ),
]


def build_inputs(
    repository: Path, images: list[str] | None, artifacts: list[str] | None, builder: str
) -> BuildInputs:
    """Return the input that the options name; raises `UsageError` for one that cannot be read."""
    files = {name: _read(name, file) for name, file in _pairs("--artifact", artifacts).items()}
    return BuildInputs(
        files,
        _pairs("--image", images),
        builder,
        configured_mirrors(),
        lambda: token_of(Git(repository)),
    )


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    pairs = [each.partition("=") for each in given or ()]
    for name, _, value in pairs:
        if not (name and value):
            raise UsageError(f"read {option} {name!r}: it is not NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _read(name: str, file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"read artifact {name}: {file}: {error.strerror}") from error
