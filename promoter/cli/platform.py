"""``promoter platform``: start, stop and inspect the embedded platform."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import JSON
from promoter.cli.output import print_json, print_table
from promoter.cli.toolchain import current_toolchain
from promoter.common.text import plain
from promoter.git import Git
from promoter.platform import PartStatus, Platform
from promoter.release.pinned import provide_pinned

_FOLDER = Annotated[
    Path | None,
    typer.Option("--folder", help="Folder of the platform [<repository>/.local/platform]."),
]


def _platform(folder: Path | None) -> Platform:
    """Return the platform in ``folder``, by default ``.local/platform`` of the repository."""
    toolchain = current_toolchain()
    return Platform(folder or toolchain.root / ".local" / "platform", toolchain)


def up(
    folder: _FOLDER = None,
    kubeconfig: Annotated[
        Path | None, typer.Option(help="Use this cluster of your own from now on.")
    ] = None,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Use the embedded cluster again.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Start the parts that do not run; harmless when all of them do.

    The registry then gets the images that the chart at HEAD pins, built from upstream/.

    Example: promoter platform up --kubeconfig ~/.kube/config
    """
    platform = _platform(folder)
    platform.create()  # Before programs are built for minutes.
    toolchain = platform.toolchain
    crane = toolchain.programs(("registry", "crane"))["crane"]
    running = platform.up(toolchain.progress, kubeconfig=kubeconfig, embedded=embedded)
    images = provide_pinned(Git(toolchain.root), running.registry, crane)
    missing = [image for image in images if image.missing]
    if as_json:
        print_json({**asdict(running), "images": images})
        return
    typer.echo(f"kubeconfig  {running.kubeconfig}")
    typer.echo(f"registry    {running.registry}")
    typer.echo(f"images      {len(images) - len(missing)} of the {len(images)} that the chart pins")
    for image in missing:
        typer.echo(plain(f"no image    {image.image}@{image.digest[:19]}: {image.missing}"))


def down(folder: _FOLDER = None) -> None:
    """Stop the parts that `up` started; data is kept.

    Example: promoter platform down
    """
    _platform(folder).down()


def status(folder: _FOLDER = None, as_json: JSON = False) -> None:
    """Show each part; fail if one has died, with the cause from its log.

    Example: promoter platform status --json
    """
    platform = _platform(folder)
    parts = platform.status()
    if as_json:
        listed = [{**asdict(part), "log": part.log.splitlines()} for part in parts]
        print_json({"running": platform.running(), "parts": listed})
    else:
        print_table(("part", "state", "pid", "port", "since"), map(_row, parts))
    if any(part.state == "died" for part in parts):
        platform.require()


def _row(part: PartStatus) -> tuple[str, ...]:
    details = (part.pid, part.port, part.since)
    return (part.name, part.state, *("" if value is None else str(value) for value in details))
