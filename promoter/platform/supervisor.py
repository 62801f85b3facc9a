"""`Supervisor`: starts parts, waits for them, ends them, and keeps the record of them."""

from __future__ import annotations

import datetime
import time
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from promoter.common.errors import PlatformError
from promoter.common.process import ProcessId, end, start
from promoter.common.progress import Progress, Silent
from promoter.platform.layout import Layout
from promoter.platform.parts import Part
from promoter.platform.record import PartRecord, Record

READY_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LOG_BYTES = 10_000_000
_TAIL_LINES = 12
_LINE_CHARACTERS = 400


class PortInUse(PlatformError):
    """Another program started to use a port between our choice and the part's start."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"start {part.name}: its port is in use by another program")
        self.part = part


@dataclass(frozen=True)
class PartLog:
    """The log ``file``, which every start of a part appends to."""

    file: Path

    def begin(self) -> int:
        """Return the offset of the next start's lines; a log that grew too big is rotated."""
        if not self.file.is_file():
            return 0
        size = self.file.stat().st_size
        if size < _LOG_BYTES:
            return size
        self.file.replace(self.file.with_suffix(".log.1"))
        return 0

    def tail(self, offset: int) -> str:
        """Return the last lines since ``offset``, indented to stand in a message."""
        last = deque(self._lines(offset), maxlen=_TAIL_LINES)
        return "\n".join(f"  | {line[:_LINE_CHARACTERS]}" for line in last) or "  | (nothing)"

    def reports_port_in_use(self, offset: int) -> bool:
        """Return True if, since ``offset``, the part could not listen on its port."""
        return any("address already in use" in line for line in self._lines(offset))

    def _lines(self, offset: int) -> list[str]:
        try:
            with self.file.open("rb") as log:
                log.seek(offset)
                return log.read().decode(errors="replace").splitlines()
        except FileNotFoundError:
            return []


@dataclass(frozen=True)
class Supervisor:
    """The processes of the platform in ``layout``; its caller holds the platform's lock.

    ``started`` has the names of the parts that this supervisor started.
    """

    layout: Layout
    progress: Progress = field(default_factory=Silent)
    started: list[str] = field(default_factory=list)

    def record(self) -> Record:
        """Return the platform's record."""
        return Record.read(self.layout.record)

    def ensure(self, parts: Sequence[Part]) -> None:
        """Start those of ``parts`` that do not run as they should, and wait until all serve.

        Raises `PortInUse`, or `PlatformError` with the last lines of a part that died.
        """
        for part in parts:
            if not self._up_to_date(part):
                self.end({part.name})
                self.started.append(part.name)
                self._start(part)
        for part in parts:
            self._await(part)

    def check(self, parts: Sequence[Part]) -> None:
        """Raise `PlatformError` with the last lines of the first of ``parts`` that died."""
        for part in parts:
            if not self.record().parts[part.name].process.alive:
                raise self._failure(part, "it died")

    def end(self, names: Collection[str]) -> None:
        """End the parts ``names`` that run, clients before servers, and forget them."""
        record = self.record()
        clients = set(names) - {"etcd"}
        for group in (clients, set(names) - clients):
            processes = [record.parts[name].process for name in group if name in record.parts]
            end([process for process in processes if process.alive])
        parts = {name: part for name, part in record.parts.items() if name not in names}
        record.changed(parts=parts).write(self.layout.record)

    def _up_to_date(self, part: Part) -> bool:
        recorded = self.record().parts.get(part.name)
        if recorded is None:
            return False
        if not recorded.process.alive:
            log = self.layout.log(part.name)
            self.progress.note(f"{part.name} had died, starting it again; its log is {log}")
            return False
        if recorded.fingerprint != part.fingerprint:
            self.progress.note(f"{part.name} runs with other settings, starting it again")
            return False
        return True

    def _start(self, part: Part) -> None:
        log = PartLog(self.layout.log(part.name))
        offset = log.begin()
        since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

        def note(process: ProcessId) -> None:
            entry = PartRecord(
                pid=process.pid,
                mark=process.mark,
                fingerprint=part.fingerprint,
                log_offset=offset,
                since=since,
            )
            record = self.record()
            parts = {**record.parts, part.name: entry}
            record.changed(parts=parts).write(self.layout.record)

        # Nothing of the caller's: no token, no configuration of the home folder.
        environment = {"HOME": str(self.layout.folder), "PATH": "/usr/bin:/bin"}
        start(part.argv, log.file, environment, note)

    def _await(self, part: Part) -> None:
        recorded = self.record().parts[part.name]
        # Alive is checked after ready: otherwise a stranger's response on its port would do.
        if not wait(lambda: part.ready() or not recorded.process.alive):
            raise self._failure(part, f"it is not ready after {READY_SECONDS:.0f} s")
        if not recorded.process.alive:
            if PartLog(self.layout.log(part.name)).reports_port_in_use(recorded.log_offset):
                raise PortInUse(part)
            raise self._failure(part, "it died")

    def _failure(self, part: Part, cause: str) -> PlatformError:
        log = PartLog(self.layout.log(part.name))
        tail = log.tail(self.record().parts[part.name].log_offset)
        return PlatformError(
            f"start {part.name}: {cause}, its last lines:\n{tail}",
            next_step=f"read {log.file}; `promoter platform down`, then `up`, restarts everything",
        )


def wait(condition: Callable[[], bool], seconds: float = READY_SECONDS) -> bool:
    """Poll ``condition`` until it holds (True) or ``seconds`` have passed (False)."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
