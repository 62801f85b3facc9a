"""A server that misbehaves as its argument names; run as a program."""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEALTHY = b'{"data": {"health": "ok"}}'


class Handler(BaseHTTPRequestHandler):
    mode = ""
    requests = 0

    def do_POST(self) -> None:
        type(self).requests += 1
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        getattr(self, f"reply_{self.mode.replace('-', '_')}")()

    def reply_healthy(self) -> None:
        self.answer(200, HEALTHY)

    def reply_500(self) -> None:
        self.answer(500, b'{"error": "password=hunter22 was refused"}')

    def reply_not_found(self) -> None:
        self.answer(404, b'{"error": "no such path"}')

    def reply_slow(self) -> None:
        time.sleep(3)
        self.answer(200, HEALTHY)

    def reply_hanging(self) -> None:
        time.sleep(60)

    def reply_dripping(self) -> None:
        """Send one more byte before the timeout of each read."""
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def reply_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(64):
            self.wfile.write(b" " * 1024 * 1024)

    def reply_no_json(self) -> None:
        self.answer(200, b"<html>Welcome</html>")

    def reply_crash(self) -> None:
        os._exit(1)

    def reply_late(self) -> None:
        """Be ready from the third request on."""
        if self.requests < 3:
            self.answer(503, b"starting")
        else:
            self.reply_healthy()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    mode = sys.argv[1]
    if mode == "mute":
        time.sleep(60)
    if mode == "broken":
        sys.exit("cannot read its configuration")
    Handler.mode = mode
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    sys.stdout.write(f"listening on 127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
