"""Deciding again where a remote moved between the look at it and the push."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from promoter.common.errors import RemoteMoved

T = TypeVar("T")

_TRIES = 5


def retry_when_moved(attempt: Callable[[], T]) -> T:
    """What ``attempt`` gives; it is made again, a few times, where its push met a moved remote.

    ``attempt`` has to look at the remote anew each time. The last `RemoteMoved` is raised on.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except RemoteMoved:
            continue
    return attempt()
