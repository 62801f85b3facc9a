#!/usr/bin/env python3
"""Stand-in for the Dagster code location `lana_dw`: says which assets it defines.

Answers on HOST:PORT (127.0.0.1:4000 unless told otherwise) until SIGTERM.
"""

import argparse
import json
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ASSETS = (
    "lana_el/core_customer_events",
    "lana_el/core_credit_facility_events",
    "dbt_lana_dw/stg_loans",
)


def location():
    """The code location: its name, version and assets."""
    return {"location": "lana_dw", "version": os.environ.get("VERSION", "dev"), "assets": ASSETS}


class Location(BaseHTTPRequestHandler):
    """GET /health and GET /definitions."""

    def do_GET(self):
        ok = {"status": "ok"}
        bodies = {"/health": ok, "/healthz": ok, "/definitions": location()}
        found = self.path in bodies
        unknown = {"error": f"no such path: {self.path}"}
        payload = json.dumps(bodies.get(self.path, unknown)).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, template, *arguments):
        sys.stderr.write(f"lana_dw {self.address_string()} {template % arguments}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "4000")))
    chosen = parser.parse_args()
    server = ThreadingHTTPServer((chosen.host, chosen.port), Location)
    stop = lambda *_: threading.Thread(target=server.shutdown).start()  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"lana_dw listening on {chosen.host}:{server.server_address[1]}", flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()


if __name__ == "__main__":
    main()
