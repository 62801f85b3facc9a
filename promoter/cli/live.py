"""Rendering of progress on a terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from promoter.cli.progress import elapsed
from promoter.common.text import plain, printable, redact


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
                self.note(f"{outcome} ({elapsed(began)})")

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
