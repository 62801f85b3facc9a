"""The newest snapshot: read again where a branch moved, or where time may have decided more."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from promoter.web.snapshot import Snapshot
from promoter.web.watcher import JUDGED_EVERY

CHECKED_EVERY = timedelta(seconds=1)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Reader:
    """Gives every request the same snapshot until another one is due."""

    read: Callable[[], Snapshot]
    clock: Callable[[], datetime] = _now
    _snapshot: Snapshot | None = None
    _checked: datetime | None = None
    _is_due: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expire(self, *, decided: bool = True) -> None:
        """Read again for the next request, and where it is ``decided`` again, everything."""
        with self._lock:
            self._checked = None
            self._is_due |= decided

    def snapshot(self) -> Snapshot:
        """Return the newest snapshot; raises `PromoterError` where no remote can be read."""
        with self._lock:
            now = self.clock()
            if not self._snapshot or not self._checked or now - self._checked >= CHECKED_EVERY:
                self._snapshot = self._newer(self._snapshot, now, changed=self._checked is None)
                self._checked = now
            return self._snapshot

    def _newer(self, last: Snapshot | None, now: datetime, *, changed: bool) -> Snapshot:
        found = self.read()
        due, self._is_due = self._is_due, False
        if last is None:
            return found
        if due or now - last.now >= JUDGED_EVERY or _facts(last) != _facts(found):
            return found.after(last)
        return last.on(found.remotes) if changed or last.remotes != found.remotes else last


def _facts(snapshot: Snapshot) -> object:
    """Return everything that is decided by, but the time."""
    problems = {name: str(error) for name, error in snapshot.problems.items()}
    return snapshot.tips, problems
