"""HTTP servers of tests, on a free port of loopback."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Whoever finds the queue full tries again after a second only.
    request_queue_size = 128


@contextmanager
def listening(
    handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Answer by ``handler``, over TLS with a ``context``; yield ``127.0.0.1:<port>``."""
    # A response is several small packets, which would wait for each other's acknowledgement.
    handler.disable_nagle_algorithm = True
    server = _Server(("127.0.0.1", 0), handler)
    if context:
        # The handshake is the handler's: whoever only connects keeps nobody else waiting.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
