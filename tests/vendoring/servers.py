"""Servers of a git remote: smart HTTP, and a fake ssh."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.http_server import listening


class _Backend(BaseHTTPRequestHandler):
    """`git http-backend` behind a plain CGI, as a web server runs it."""

    root = Path()

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._serve(b"".join(self._chunks()))
        else:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _serve(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        variables = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=variables, capture_output=True, check=False
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(": ")[::2] for line in head.decode().split("\r\n") if line]
        status = next((int(value.split()[0]) for key, value in lines if key == "Status"), 200)
        self.send_response(status)
        for key, value in lines:
            if key != "Status":
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


@contextmanager
def http_server(root: Path) -> Iterator[str]:
    """Serve the repositories below ``root`` over smart HTTP; yield the base address."""
    handler = type("Backend", (_Backend,), {"root": root})
    with listening(handler) as address:
        yield f"http://{address}"


def fake_ssh(folder: Path, log: Path) -> str:
    """Create a program for GIT_SSH_COMMAND that runs the remote command here and logs the host."""
    program = folder / "ssh"
    program.write_text(
        "#!/bin/sh\n"
        'while [ "${1#-}" != "$1" ]; do case $1 in -o|-p) shift;; esac; shift; done\n'
        f'echo "$1" >> {log}\nshift\nexec sh -c "$*"\n'
    )
    program.chmod(0o755)
    return str(program)
