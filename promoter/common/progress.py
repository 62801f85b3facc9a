"""The interface through which the core reports its work; it never prints."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """A receiver of progress; the implementation decides how it looks."""

    def task(
        self, description: str, **attributes: str
    ) -> AbstractContextManager[Callable[[str], None]]:
        """Report a task while the block runs; the callable takes its latest detail.

        ``attributes`` name what the task works on (``environment="local-qa"``), for
        receivers that collect rather than show.
        """

    def note(self, line: str) -> None:
        """Report one line that belongs in the log."""


class Silent:
    """A receiver that drops everything."""

    @contextmanager
    def task(self, description: str, **_attributes: str) -> Iterator[Callable[[str], None]]:  # noqa: ARG002
        """Report nothing."""
        yield lambda detail: None  # noqa: ARG005

    def note(self, line: str) -> None:
        """Report nothing."""
