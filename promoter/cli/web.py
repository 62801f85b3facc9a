"""``promoter web``: the page, served or written as files."""

import os
import socket
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from promoter.cli.options import BRANCH, INCIDENTS, REMOTE, parse_time
from promoter.cli.progress import shown
from promoter.cli.unexpected import explained
from promoter.common.errors import PromoterError
from promoter.site.site import Site

try:
    import uvicorn
    from starlette.applications import Starlette

    from promoter.web.acting import Acting
    from promoter.web.events import Events
    from promoter.web.export import export as run_export
    from promoter.web.reader import Reader
    from promoter.web.server import create_app
    from promoter.web.settings import WebSettings, client_secret, read_settings
    from promoter.web.sign_in import SignIn
    from promoter.web.snapshot import Snapshot
    from promoter.web.watcher import Watcher
except ModuleNotFoundError as missing:
    raise PromoterError(
        f"load the page: {missing.name} is not installed",
        next_step="install promoter with its extra: promoter[web]",
    ) from missing


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any.")] = 8080,
    names: Annotated[
        list[str] | None, typer.Option("--name", help="Another host name to respond to.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="The file with address and sign-in, see docs/web.md.")
    ] = None,
    incidents: INCIDENTS = "",
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Serve the pages until interrupted, and follow the remotes.

    Example: promoter web serve --port 8081
    """
    folder, events = Path.cwd(), Events()
    chosen = read_settings(settings) if settings else None
    sign_in = SignIn(chosen, client_secret(os.environ), explained) if chosen else None

    def changed(decided: bool) -> None:
        reader.expire(decided=decided)
        events.publish()

    watcher = Watcher(folder, remote, branch, changed, explained)
    read = partial(Snapshot.read, folder, remote=remote, branch=branch, incidents=incidents)
    reader = Reader(lambda: read(remotes=watcher.views))
    acting = (
        Acting(sign_in, reader, lambda name: Site.of(folder, name, remote=remote, branch=branch))
        if sign_in
        else None
    )
    hosts = [host, "localhost", "127.0.0.1", "[::1]", *(names or ())]
    hosts += [chosen.host] if chosen else []
    app = create_app(reader, hosts, explained, events, sign_in, acting)
    with _listening(host, port) as listener:
        typer.echo(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/")
        threading.Thread(target=watcher.run, daemon=True).start()
        try:
            uvicorn.Server(_config(app, chosen)).run([listener])
        except KeyboardInterrupt:
            pass  # The signal that ended it; its connections are closed.
        finally:
            watcher.stop()


def export(
    folder: Annotated[
        Path, typer.Argument(help="The folder; replaced if an export wrote all of it.")
    ],
    at: Annotated[
        str, typer.Option(help="Time of windows, soaks and votes (ISO 8601) [now].")
    ] = "",
    incidents: INCIDENTS = "",
    remote: REMOTE = None,
    branch: BRANCH = "main",
) -> None:
    """Write every page as a file. The same commits and time give the same bytes.

    Example: promoter web export site
    """
    now = parse_time(at) or datetime.now(UTC)
    snapshot = Snapshot.read(Path.cwd(), remote=remote, branch=branch, now=now, incidents=incidents)
    count = run_export(snapshot, folder.absolute(), shown())
    typer.echo(f"wrote {count} pages to {folder}")


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that accepts connections; raises `PromoterError`."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        raise PromoterError(
            f"listen on port {port} of {host}: {error.strerror or error}",
            next_step="name another one with --port (0 for any) or --host",
        ) from error


def _config(app: Starlette, settings: WebSettings | None) -> uvicorn.Config:
    """Return the configuration: forwarding headers count from the named proxies alone."""
    proxies = list(settings.proxies) if settings else []
    return uvicorn.Config(
        app, log_level="warning", proxy_headers=bool(proxies), forwarded_allow_ips=proxies
    )
