"""``promoter web``: the page, served or written as files."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, REMOTE, parse_time
from promoter.cli.progress import shown
from promoter.cli.unexpected import explained
from promoter.common.errors import PromoterError

try:
    import uvicorn

    from promoter.web.events import Events
    from promoter.web.export import export as run_export
    from promoter.web.reader import Reader
    from promoter.web.server import create_app
    from promoter.web.snapshot import Snapshot
    from promoter.web.watcher import Watcher
except ModuleNotFoundError as missing:
    raise PromoterError(
        f"load the page: {missing.name} is not installed",
        next_step="install promoter with its extra: promoter[web]",
    ) from missing


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 8080,
    names: Annotated[
        list[str] | None, typer.Option("--name", help="Another host name to respond to.")
    ] = None,
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Serve the pages until interrupted, and follow the remotes.

    Example: promoter web serve --port 8081
    """
    folder, events = Path.cwd(), Events()
    watcher = Watcher(folder, remote, branch, lambda: _changed(reader, events))
    reader = Reader(
        lambda: Snapshot.read(folder, remote=remote, branch=branch, remotes=watcher.views)
    )
    hosts = [host, "localhost", "127.0.0.1", "[::1]", *(names or ())]
    typer.echo(f"http://{host}:{port}/")
    thread = threading.Thread(target=watcher.run, daemon=True)
    thread.start()
    app = create_app(reader, hosts, explained, events)
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning")
    finally:
        watcher.stop()


def export(
    folder: Annotated[Path, typer.Argument(help="The folder; replaced if an export wrote it.")],
    at: Annotated[
        str, typer.Option(help="Time of windows, soaks and votes (ISO 8601) [now].")
    ] = "",
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Write every page as a file. The same commits and time give the same bytes.

    Example: promoter web export site
    """
    now = parse_time(at) or datetime.now(UTC)
    snapshot = Snapshot.read(Path.cwd(), remote=remote, branch=branch, now=now)
    count = run_export(snapshot, folder.absolute(), shown())
    typer.echo(f"wrote {count} pages to {folder}")


def _changed(reader: Reader, events: Events) -> None:
    reader.expire()
    events.publish()
