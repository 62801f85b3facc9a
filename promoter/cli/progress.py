"""How progress looks: bars on a terminal, plain lines in a log. Always on standard error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from promoter.common.progress import Progress

FIRST_SIGN_SECONDS = 2.0
HEARTBEAT_SECONDS = 30.0


def shown(console: Console | None = None) -> Progress:
    """Gives the progress that fits ``console`` (standard error): live on a terminal, else lines.

    Colours are left out where NO_COLOR is set (by rich).
    """
    console = console or Console(stderr=True, highlight=False)
    live = console.is_terminal and not console.is_dumb_terminal
    return Live(console) if live else Lines(console)


class Live:
    """One line a task: a spinner, what it does, its latest detail and its elapsed time."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: Bars | None = None

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Shown while it lasts; one line with its time stays when it is done."""
        began = time.monotonic()
        with self._shared_bars() as bars:
            row = bars.add_task(description, total=None, detail="")
            try:
                yield lambda detail: bars.update(row, detail=detail)
            except BaseException:
                self._close(bars, row, f"failed: {description}", began)
                raise
            self._close(bars, row, description, began)

    def note(self, line: str) -> None:
        """A line of its own, above the live ones."""
        self._console.print(line, markup=False)

    def _close(self, bars: Bars, row: object, line: str, began: float) -> None:
        bars.remove_task(row)  # type: ignore[arg-type]
        bars.console.print(f"{line} ({_seconds(began)})", markup=False)

    @contextmanager
    def _shared_bars(self) -> Iterator[Bars]:
        """One live display for tasks inside tasks: a terminal has room for one."""
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
    """A line when a task ends; for one that takes longer, a line and signs of life meanwhile."""

    def __init__(self, console: Console, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._console = console
        self._heartbeat = heartbeat

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:
        """Its details are only in the signs of life: after 2 seconds, then each 30."""
        began = time.monotonic()
        latest = [""]
        done = threading.Event()
        beat = threading.Thread(
            target=self._beat, args=(description, began, latest, done), daemon=True
        )
        beat.start()
        try:
            yield lambda detail: latest.__setitem__(0, detail)
        except BaseException:
            self.note(f"{description}: failed after {_seconds(began)}")
            raise
        else:
            self.note(f"{description} ({_seconds(began)})")
        finally:
            done.set()
            beat.join()

    def note(self, line: str) -> None:
        """The line."""
        self._console.print(line, markup=False, soft_wrap=True)

    def _beat(
        self, description: str, began: float, latest: list[str], done: threading.Event
    ) -> None:
        wait = min(FIRST_SIGN_SECONDS, self._heartbeat)
        while not done.wait(wait):
            wait = self._heartbeat
            detail = f": {latest[0]}" if latest[0] else ""
            self.note(f"{description} ... {_seconds(began)}{detail}")


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s"
