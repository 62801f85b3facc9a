"""A server that misbehaves in the way that its argument names; run as a program."""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEALTHY = b'{"data": {"health": "ok"}}'


class Handler(BaseHTTPRequestHandler):
    way = ""
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        getattr(self, f"be_{self.way.replace('-', '_')}")()

    def be_well(self) -> None:
        self.answer(200, HEALTHY)

    def be_500(self) -> None:
        self.answer(500, b'{"error": "password=hunter22 was refused"}')

    def be_without_it(self) -> None:
        self.answer(404, b'{"error": "no such path"}')

    def be_slow(self) -> None:
        time.sleep(3)
        self.answer(200, HEALTHY)

    def be_hanging(self) -> None:
        time.sleep(60)

    def be_dripping(self) -> None:
        """Always another byte before anybody's patience with one read ends."""
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def be_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(64):
            self.wfile.write(b" " * 1024 * 1024)

    def be_no_json(self) -> None:
        self.answer(200, b"<html>Welcome</html>")

    def be_gone(self) -> None:
        os._exit(1)

    def be_late(self) -> None:
        """Ready at the third request only."""
        if self.asked < 3:
            self.answer(503, b"starting")
        else:
            self.be_well()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    way = sys.argv[1]
    if way == "mute":
        time.sleep(60)
    if way == "broken":
        sys.exit("cannot read its configuration")
    Handler.way = way
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    sys.stdout.write(f"listening on 127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
