#!/usr/bin/env python3
"""Serve one page in a panel's place: the demo's images have the panels' sources, not their builds.

`placeholder.py <folder>` shows the folder's name and the version in its .env file on HOST:PORT
(127.0.0.1:3000 by default) until SIGTERM.
"""

import argparse
import html
import os
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lana Bank · {name}</title></head>
<body><h1>{name}</h1><p>Version <strong id="version">{version}</strong></p></body></html>
"""


def page(folder):
    """Return the page, with the version of the folder's .env."""
    found = re.search(r"(?m)^NEXT_PUBLIC_APP_VERSION=(.*)$", (folder / ".env").read_text("utf-8"))
    version = found[1].strip("\"' ") if found else "unknown"
    return PAGE.format(name=html.escape(folder.name), version=html.escape(version)).encode()


class Panel(BaseHTTPRequestHandler):
    """Handler of GET /, the page, and of GET /api/health."""

    body = b""

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/api/health":
            self.reply(200, "application/json", b'{"status":"ok"}')
        elif path == "/":
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
    Panel.body = page(chosen.folder)
    server = ThreadingHTTPServer((chosen.host, chosen.port), Panel)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"{chosen.folder.name} listening on {chosen.host}:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
