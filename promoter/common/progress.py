"""How the core says what it is doing: it is handed a `Progress` and never prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Told what is being done; whoever implements it decides how that looks."""

    def task(self, description: str) -> AbstractContextManager[Callable[[str], None]]:
        """A piece of work with a beginning and an end; the callable takes its latest detail."""
        ...

    def note(self, line: str) -> None:
        """One line worth keeping in the log."""
        ...


class Silent:
    """The progress of a caller who does not want to know."""

    @contextmanager
    def task(self, description: str) -> Iterator[Callable[[str], None]]:  # noqa: ARG002
        """Nothing is shown."""
        yield lambda detail: None  # noqa: ARG005

    def note(self, line: str) -> None:
        """Nothing is shown."""
