"""What the contracts' servers share: one way to listen, answer and end."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LONGEST = 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A request: method, path without its query, headers and body."""

    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes
    kind: str = "application/json"


def reply_json(status: int, body: object) -> Reply:
    """``body`` as a JSON reply."""
    return Reply(status, json.dumps(body).encode())


NOT_FOUND = reply_json(404, {"error": "no such path"})


def serve(name: str, answer: Callable[[Asked], Reply]) -> None:
    """Answer on HOST:PORT until SIGTERM; the port is said on standard output."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._reply(self.rfile.read(min(length, _LONGEST)))

        def _reply(self, body: bytes) -> None:
            path = self.path.partition("?")[0]
            reply = answer(Asked(self.command, path, self.headers, body))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            sys.stderr.write(f"{name} {format % args}\n")

    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    host, port = server.server_address[:2]
    sys.stdout.write(f"{name} listening on {host!s}:{port}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    server.server_close()
