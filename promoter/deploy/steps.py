"""The running step of a deploy, shown in its lease while people watch the page."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field

from promoter.common.errors import PromoterError
from promoter.common.progress import Progress
from promoter.deploy.lease import Lease

PAUSE = 5.0
"""The seconds before a step is shown: a push costs what a short step takes."""


@contextmanager
def shown_steps(lease: Lease, progress: Progress) -> Iterator[Progress]:
    """Yield ``progress``, whose newest task ``lease`` names; a thread of its own pushes it."""
    shown = _ShownSteps(lease, progress)
    thread = threading.Thread(target=shown.run, daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        shown.end()
        thread.join()


@dataclass
class _ShownSteps:
    """A receiver of progress that passes everything on, and shows tasks in the lease."""

    lease: Lease
    progress: Progress
    _step: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)

    def task(
        self, description: str, **attributes: str
    ) -> AbstractContextManager[Callable[[str], None]]:
        """See `Progress`."""
        self._step = description
        return self.progress.task(description, **attributes)

    def note(self, line: str) -> None:
        """See `Progress`."""
        self.progress.note(line)

    def run(self) -> None:
        """Show the task that is the newest after each pause, until `end`."""
        shown = ""
        while not self._ended.wait(PAUSE):
            if self._step != shown:
                shown = self._step
                with suppress(PromoterError):  # It decides nothing about the deploy.
                    self.lease.show(shown)

    def end(self) -> None:
        """End `run` after its current push."""
        self._ended.set()
