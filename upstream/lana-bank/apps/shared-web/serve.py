#!/usr/bin/env python3
"""Serve one page with the variables of a .env file; both panels use it.

`serve.py <folder>` reads <folder>/.env and <folder>/public/index.html once, replaces
`%NAME%` by the variable's value, and serves on HOST:PORT (127.0.0.1:3000 by
default) until SIGTERM.
"""

import argparse
import html
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def variables(env_file):
    """Return the NAME=value lines of a .env file, without blank lines and comments."""
    lines = env_file.read_text(encoding="utf-8").splitlines() if env_file.is_file() else []
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def page(folder):
    """Return index.html with every `%NAME%` replaced by its value in .env."""
    text = (folder / "public" / "index.html").read_text(encoding="utf-8")
    for name, value in variables(folder / ".env").items():
        text = text.replace(f"%{name}%", html.escape(value))
    return text.encode()


class Page(BaseHTTPRequestHandler):
    """Handler of GET /, the page, and of GET /health."""

    body = b""

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path in ("/health", "/healthz"):
            self.reply(200, "text/plain; charset=utf-8", b"ok\n")
        elif path in ("/", "/index.html"):
            self.reply(200, "text/html; charset=utf-8", self.body)
        else:
            self.reply(404, "text/plain; charset=utf-8", b"not found\n")

    def reply(self, status, kind, payload):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, template, *arguments):
        sys.stderr.write(f"{self.address_string()} {template % arguments}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "3000")))
    chosen = parser.parse_args()
    Page.body = page(chosen.folder)
    server = ThreadingHTTPServer((chosen.host, chosen.port), Page)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{chosen.folder.name} listening on {chosen.host}:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
