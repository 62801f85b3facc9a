"""Free ports on loopback."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Collection, Mapping

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` now."""
    with socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not keep a port from being used.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(names: Collection[str], taken: Mapping[str, int]) -> dict[str, int]:
    """``taken`` plus a free port for each of ``names`` that has none; all of them different."""
    missing = [name for name in names if name not in taken]
    with contextlib.ExitStack() as held:
        chosen: dict[str, int] = {}
        while len(chosen) < len(missing):
            probe = held.enter_context(socket.socket())
            # All are held until the last is chosen, so none is given out twice.
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
            if port not in taken.values():
                chosen[missing[len(chosen)]] = port
    return {**taken, **chosen}
