"""Open event streams: every open page learns at once that there is something newer."""

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

MOST_STREAMS = 1_000


class Events:
    """The streams of one process. `publish` may be called by any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._streams: set[asyncio.Event] = set()

    @property
    def is_full(self) -> bool:
        """True if as many streams are open as are served at a time."""
        return len(self._streams) >= MOST_STREAMS

    def publish(self) -> None:
        """Send ``changed`` on every stream."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def stream(self) -> AsyncIterator[ServerSentEvent]:
        """Yield an event when the stream begins and each time that something has changed."""
        self._loop = asyncio.get_running_loop()
        changed = asyncio.Event()
        self._streams.add(changed)
        try:
            yield ServerSentEvent(event="ready")
            while True:
                await changed.wait()
                changed.clear()
                yield ServerSentEvent(event="changed")
        finally:
            self._streams.discard(changed)

    def _wake(self) -> None:
        for each in self._streams:
            each.set()
