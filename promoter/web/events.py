"""Open event streams: every open page learns at once that there is something newer."""

import asyncio
from collections.abc import AsyncIterator

import anyio
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

    async def stream(self, closing: anyio.Event) -> AsyncIterator[ServerSentEvent]:
        """Yield an event at the beginning and at each change, until ``closing`` is set."""
        self._loop = asyncio.get_running_loop()
        changed = asyncio.Event()
        self._streams.add(changed)
        try:
            yield _event("ready")
            while await _set(changed, closing):
                changed.clear()
                yield _event("changed")
        finally:
            self._streams.discard(changed)

    def _wake(self) -> None:
        for each in self._streams:
            each.set()


async def _set(changed: asyncio.Event, closing: anyio.Event) -> bool:
    """Wait for one of the two; return False once ``closing`` is set."""
    waiting = [asyncio.ensure_future(each.wait()) for each in (changed, closing)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    return not closing.is_set()


def _event(name: str) -> ServerSentEvent:
    """Return an event with data: browsers drop one that has none."""
    return ServerSentEvent(event=name, data=name)
