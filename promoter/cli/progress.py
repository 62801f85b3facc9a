"""Rendering of progress on standard error: live on a terminal (`live`), plain lines in a log."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from promoter.cli.streams import display
from promoter.common.progress import Progress
from promoter.common.text import printable, redact

_FIRST_HEARTBEAT_SECONDS = 2.0
_HEARTBEAT_SECONDS = 30.0


def shown(console: Console | None = None) -> Progress:
    """Return the progress that suits ``console`` (standard error): live on a terminal.

    rich leaves out colors where NO_COLOR is set.
    """
    console = console or Console(file=display(), highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        return Lines(console)
    # Its part of rich takes a while to import, and most commands do not run on a terminal.
    from promoter.cli.live import Live

    return Live(console)


class Lines:
    """A line when a task ends; for a long one, a line after 2 s and every 30 s meanwhile."""

    def __init__(self, console: Console, heartbeat: float = _HEARTBEAT_SECONDS) -> None:
        self._console = console
        self._heartbeat = heartbeat

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Print the outcome and duration of the task; only heartbeats have its details."""
        began = time.monotonic()
        latest = [""]
        ended = threading.Event()

        def beat() -> None:
            seconds = min(_FIRST_HEARTBEAT_SECONDS, self._heartbeat)
            while not ended.wait(seconds):
                seconds = self._heartbeat
                detail = f": {latest[0]}" if latest[0] else ""
                self.note(f"{description} ... {elapsed(began)}{detail}")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield lambda detail: latest.__setitem__(0, detail)
        except BaseException:
            self.note(f"{description}: failed after {elapsed(began)}")
            raise
        else:
            self.note(f"{description} ({elapsed(began)})")
        finally:
            ended.set()
            thread.join()

    def note(self, line: str) -> None:
        """Print the line, unwrapped."""
        self._console.print(printable(redact(line)), markup=False, soft_wrap=True)


def elapsed(began: float) -> str:
    """Return the time since ``began`` (monotonic seconds)."""
    return f"{time.monotonic() - began:.1f} s"
