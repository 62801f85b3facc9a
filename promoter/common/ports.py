"""Free ports on loopback, and the address range of the cluster's services."""

import random
import socket
from collections.abc import Collection, Mapping

from promoter.common.errors import PlatformError

HOST = "127.0.0.1"
SERVICE_RANGE = "10.0.0.0/24"
FIRST_SERVICE = "10.0.0.1"
# Below the range of outgoing connections, one of which could hold a port while the platform
# is down. Chosen at random, so that two platforms seldom choose the same.
_RANGE = range(20_000, 30_000)


def is_free(port: int) -> bool:
    """Return whether a server could listen on ``port`` now."""
    with socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not block a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(names: Collection[str], taken: Mapping[str, int]) -> dict[str, int]:
    """Return ``taken`` plus a free port for each of ``names`` that has none, all different."""
    missing = [name for name in names if name not in taken]
    candidates = random.sample(_RANGE, len(_RANGE))
    free = (port for port in candidates if port not in taken.values() and is_free(port))
    chosen = dict(zip(missing, free, strict=False))
    if len(chosen) < len(missing):
        raise PlatformError(f"choose a port: none of {_RANGE.start}-{_RANGE.stop - 1} is free")
    return {**taken, **chosen}
