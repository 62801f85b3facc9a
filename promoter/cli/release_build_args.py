"""``promoter release build-args``: the build arguments of an image that a pipeline builds."""

from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import REPOSITORY
from promoter.cli.release_inputs import build_inputs
from promoter.common.files import write_atomically
from promoter.git import Git
from promoter.release.build_arguments import build_arguments


def build_args_command(
    image: Annotated[str, typer.Argument(help="The image, as release.yml names it.")],
    version: Annotated[str, typer.Argument(help="Like 0.42.0-rc.1.")],
    output: Annotated[Path, typer.Option("--output", help="The file, NAME=VALUE in each line.")],
    repository: REPOSITORY = Path(),
) -> None:
    """Write the build arguments of an image at HEAD to a file, with the token if it takes one.

    Example: promoter release build-args lana-bank 0.42.0-rc.1 --output build-args
    """
    inputs = build_inputs(repository, None, None, "")
    found = build_arguments(Git(repository), image, version, inputs)
    write_atomically(output, "".join(f"{n}={v}\n" for n, v in found.items()).encode(), mode=0o600)
