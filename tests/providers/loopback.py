"""Serve the API of a cloud to its provider on loopback."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from promoter.platform.certificates import KeyPair
from tests.http_server import listening


@dataclass(frozen=True)
class Request:
    """A request with its raw ``body``."""

    method: str
    path: str
    query: str
    host: str
    token: str
    body: bytes

    def json(self) -> Any:
        """The body, a JSON value."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body and headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def served(answer: Callable[[Request], Answer], pair: KeyPair | None = None) -> Iterator[int]:
    """Answer on a port of 127.0.0.1, over TLS where a ``pair`` is given; gives the port."""
    handler = type("Bound", (_Handler,), {"answer": staticmethod(answer)})
    context = None
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
    with listening(handler, context) as address:
        yield _port(address)


@contextmanager
def tunnel(suffix: str, to: int) -> Iterator[int]:
    """A proxy that takes every host whose name ends so to the port ``to``; gives its own port."""
    with listening(type("Bound", (_Tunnel,), {"suffix": suffix, "to": to})) as address:
        yield _port(address)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    answer: Callable[[Request], Answer]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked, body = urlsplit(self.path), self.rfile.read(length)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        host = self.headers.get("Host", "")
        given = self.answer(Request(self.command, asked.path, asked.query, host, token, body))
        content = json.dumps(given.body).encode()
        self.send_response(given.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        for name, value in {**headers, **given.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the base class's names

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


class _Tunnel(BaseHTTPRequestHandler):
    suffix: str
    to: int

    def do_CONNECT(self) -> None:
        if not self.path.partition(":")[0].endswith(self.suffix):
            self.send_error(403)
            return
        with socket.create_connection(("127.0.0.1", self.to)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pump, args=(there, self.connection))
            back.start()
            _pump(self.connection, there)
            back.join()
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes from one to the other until there are no more."""
    with suppress(OSError):
        while content := one.recv(65536):
            other.sendall(content)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
