"""A server on loopback that never completes a response; its pace is below every read timeout.

As an image registry it refuses requests without a token, and never completes a token.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODES = ("trickling headers", "trickling body", "endless body")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/v2/"):
            self.send_response(401)
            realm = "http://{}:{}/token".format(*self.server.server_address)
            self.send_header("WWW-Authenticate", f'Bearer realm="{realm}"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        mode = self.server.mode  # type: ignore[attr-defined]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        try:
            self.wfile.write(head if mode == "trickling headers" else head + b"\r\n")
            for piece in itertools.repeat(bytes(2**20) if mode == "endless body" else b"x"):
                self.wfile.write(piece)
                if len(piece) == 1:
                    time.sleep(0.05)
        except OSError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def never_ending(mode: str) -> Iterator[str]:
    """Yield the address (``host:port``) of a server that answers every request so."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.mode = mode  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        # Its handlers are daemons, and end with their clients.
        server.socket.close()
