"""Retries for a push that met a moved remote."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from promoter.common.errors import RemoteMoved

T = TypeVar("T")

_TRIES = 5


def retry_when_moved(attempt: Callable[[], T]) -> T:
    """Return the result of ``attempt``, repeated a few times while it raises `RemoteMoved`.

    ``attempt`` has to read the remote anew each time. The last `RemoteMoved` is raised.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except RemoteMoved:
            continue
    return attempt()
