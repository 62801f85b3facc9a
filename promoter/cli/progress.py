"""Rendering of progress: live lines on a terminal, plain ones in a log; on standard error."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from promoter.cli.streams import display
from promoter.common.progress import Progress
from promoter.common.text import plain, printable, redact

_FIRST_HEARTBEAT_SECONDS = 2.0
_HEARTBEAT_SECONDS = 30.0


def shown(console: Console | None = None) -> Progress:
    """Return the progress that suits ``console`` (standard error): live on a terminal.

    rich leaves out colors where NO_COLOR is set.
    """
    console = console or Console(file=display(), highlight=False)
    live = console.is_terminal and not console.is_dumb_terminal
    return Live(console) if live else Lines(console)


class Live:
    """One line per task: a spinner, its description, elapsed time and latest detail."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Bars | None = None

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Show the task while it runs; one line with its duration remains."""
        description, began = plain(description), time.monotonic()
        outcome = f"failed: {description}"
        with self._shared_bars() as bars:
            row = bars.add_task(description, total=None, detail="")
            try:
                yield lambda detail: bars.update(row, detail=plain(redact(detail)))
                outcome = description
            finally:
                bars.remove_task(row)
                self.note(f"{outcome} ({_elapsed(began)})")

    def note(self, line: str) -> None:
        """Print a line above the live ones."""
        self._console.print(printable(redact(line)), markup=False)

    @contextmanager
    def _shared_bars(self) -> Iterator[Bars]:
        """Return one live display for nested tasks: a terminal has room for one."""
        if self._bars is not None:
            yield self._bars
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}", style="dim", markup=False),
        )
        with Bars(*columns, console=self._console, transient=True) as bars:
            self._bars = bars
            try:
                yield bars
            finally:
                self._bars = None


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
                self.note(f"{description} ... {_elapsed(began)}{detail}")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield lambda detail: latest.__setitem__(0, detail)
        except BaseException:
            self.note(f"{description}: failed after {_elapsed(began)}")
            raise
        else:
            self.note(f"{description} ({_elapsed(began)})")
        finally:
            ended.set()
            thread.join()

    def note(self, line: str) -> None:
        """Print the line, unwrapped."""
        self._console.print(printable(redact(line)), markup=False, soft_wrap=True)


def _elapsed(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
