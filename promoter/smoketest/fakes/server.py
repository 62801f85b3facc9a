"""The server that every fake runs in."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Request:
    """A request: method, path without its query, headers and body."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Reply:
    """The status, body and content type of a response."""

    status: int
    body: bytes
    content_type: str = "application/json"


def json_reply(status: int, body: object) -> Reply:
    """Return ``body`` as a JSON reply."""
    return Reply(status, json.dumps(body).encode())


NOT_FOUND = json_reply(404, {"error": "no such path"})


def serve(name: str, fake: Callable[[Request], Reply]) -> None:
    """Run ``fake`` on HOST:PORT until SIGTERM; print its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(min(length, _MAX_BYTES))
            path = self.path.partition("?")[0]
            reply = fake(Request(self.command, path, self.headers, body))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_POST = do_GET  # noqa: N815 - the name is the base class's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            sys.stderr.write(f"{name} {format % args}\n")

    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    sys.stdout.write(f"{name} listening on {host!s}:{port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
